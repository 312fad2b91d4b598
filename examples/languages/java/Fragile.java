import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The same service as Resilient, before its incidents: it keeps its token until it is restarted, has no timeout, tries until it
 * succeeds, sends a ticket again without a key, and looks for what it needs in whatever the CRM answers.
 */
public final class Fragile {
    static final HttpClient CLIENT = HttpClient.newHttpClient();
    static String token;

    static synchronized String token() throws IOException, InterruptedException {
        if (token == null) {
            String form = "grant_type=client_credentials&client_id=" + System.getenv("CRM_CLIENT_ID")
                + "&client_secret=" + System.getenv("CRM_CLIENT_SECRET");
            HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("CRM_TOKEN_URL")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build();
            token = found(CLIENT.send(request, BodyHandlers.ofString()).body(), "access_token");
        }
        return token;
    }

    static HttpResponse<String> ask(String method, String path, String body) throws InterruptedException {
        while (true) {
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("CRM_BASE_URL") + path))
                    .header("Authorization", "Bearer " + token())
                    .header("Content-Type", "application/json")
                    .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                    .build();
                HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
                if (answer.statusCode() < 500) return answer;
            } catch (IOException error) {
                System.err.println("trying again: " + error);
            }
            Thread.sleep(20);
        }
    }

    static String found(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        return found.find() ? found.group(1) : "";
    }

    static void hand(HttpExchange exchange, String method, String body) throws IOException {
        try {
            HttpResponse<String> answer = ask(method, exchange.getRequestURI().toString(), body);
            if (answer.statusCode() >= 400) {
                say(exchange, 502, "{\"error\": \"the CRM refused it\"}");
                return;
            }
            String order = found(answer.body(), "id");
            String status = found(answer.body(), "status");
            say(exchange, 200, "{\"order\": \"" + order + "\", \"status\": \"" + status + "\"}");
        } catch (InterruptedException error) {
            throw new IOException(error);
        }
    }

    public static void main(String[] args) throws IOException {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT")));
        HttpServer server = HttpServer.create(address, 0);
        server.createContext("/healthz", exchange -> say(exchange, 200, "{}"));
        server.createContext("/orders/", exchange -> hand(exchange, "GET", null));
        server.createContext("/tickets", exchange -> {
            String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            hand(exchange, "POST", "{\"subject\": \"" + found(asked, "subject") + "\"}");
        });
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.start();
    }

    static void say(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
