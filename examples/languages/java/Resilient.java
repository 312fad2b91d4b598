import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Orders and tickets for the service desk, in Java with the JDK alone: what a caller of a CRM needs to live through bad days.
 * See ../node/resilient.mjs: the same program in another language.
 */
public final class Resilient {
    static final int ATTEMPTS = 3;
    static final long[] WAITS = {0, 100, 200};
    static final long ATTEMPT_TIMEOUT = 400;
    static final long DELIVER_EVERY = 300;
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    static class CrmUnavailable extends Exception {
        CrmUnavailable(String message) {
            super(message);
        }
    }

    static class CrmRefused extends Exception {
        CrmRefused(String message) {
            super(message);
        }
    }

    /** Another attempt may mend it. */
    static class Passing extends Exception {
        Passing(String message) {
            super(message);
        }
    }

    /** The time that is left for one attempt, all of it: connecting, a new token, reading. */
    record Time(long ends) {
        static Time forAttempt() {
            return new Time(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ATTEMPT_TIMEOUT));
        }

        long left() {
            return Math.max(0, ends - System.nanoTime());
        }
    }

    record Ticket(String subject, String key) {}

    // What its users may ask.

    static String findOrder(String id) throws CrmUnavailable, CrmRefused, InterruptedException {
        Map<?, ?> order = ask("GET", "/orders/" + URLEncoder.encode(id, StandardCharsets.UTF_8), null, ATTEMPTS);
        if (!id.equals(order.get("id")) || !(order.get("status") instanceof String status)) {
            throw new CrmUnavailable("the CRM's order has another form than expected");
        }
        return "{\"order\": " + Json.quoted(id) + ", \"status\": " + Json.quoted(status) + "}";
    }

    static String deliver(Ticket ticket, int attempts) throws CrmUnavailable, CrmRefused, InterruptedException {
        if (ask("POST", "/tickets", ticket, attempts).get("id") instanceof String id) return id;
        throw new CrmUnavailable("the CRM's ticket has another form than expected");
    }

    // How it asks the CRM.

    static Map<?, ?> ask(String method, String path, Ticket ticket, int attempts)
            throws CrmUnavailable, CrmRefused, InterruptedException {
        Passing reason = null;
        for (int attempt = 0; attempt < attempts; attempt++) {
            Thread.sleep(WAITS[attempt]);
            try {
                return once(method, path, ticket, Time.forAttempt());
            } catch (Passing passing) {
                reason = passing;
            }
        }
        throw new CrmUnavailable("the CRM cannot be asked at the moment: " + reason.getMessage());
    }

    static Map<?, ?> once(String method, String path, Ticket ticket, Time time)
            throws Passing, CrmUnavailable, CrmRefused, InterruptedException {
        String token = Tokens.current(time);
        HttpResponse<String> answer = send(request(method, path, ticket, token), time);
        if (answer.statusCode() == 401) {
            answer = send(request(method, path, ticket, Tokens.replaced(token, time)), time);
        }
        return understood(answer);
    }

    static HttpRequest request(String method, String path, Ticket ticket, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(System.getenv("CRM_BASE_URL") + path))
            .header("Authorization", "Bearer " + token);
        if (ticket == null) return request.method(method, BodyPublishers.noBody()).build();
        return request
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", ticket.key)
            .method(method, BodyPublishers.ofString("{\"subject\": " + Json.quoted(ticket.subject) + "}"))
            .build();
    }

    /** HttpRequest.timeout ends when the head of the answer is there, so the body would be waited for without end. */
    static HttpResponse<String> send(HttpRequest request, Time time) throws Passing, InterruptedException {
        CompletableFuture<HttpResponse<String>> coming = CLIENT.sendAsync(request, BodyHandlers.ofString());
        try {
            return coming.get(time.left(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException error) {
            coming.cancel(true);
            throw new Passing("no answer in time");
        } catch (ExecutionException error) {
            throw new Passing("the connection failed: " + error.getCause());
        }
    }

    static Map<?, ?> understood(HttpResponse<String> answer) throws Passing, CrmUnavailable, CrmRefused {
        int status = answer.statusCode();
        if (status == 429 || answer.headers().firstValue("Retry-After").isPresent()) {
            throw new CrmUnavailable("the CRM asks to come back later");
        }
        if (status >= 500) throw new Passing("the CRM answered " + status);
        if (status >= 400) throw new CrmRefused("the CRM answered " + status);
        try {
            if (Json.read(answer.body()) instanceof Map<?, ?> found) return found;
        } catch (IllegalArgumentException error) {
            throw new Passing("the CRM's answer is " + error.getMessage());
        }
        throw new Passing("the CRM's answer has another form than expected");
    }

    /** The token that all share: whoever finds it due asks for another, the others wait for that as long as they have time. */
    static final class Tokens {
        static final long REFRESH_AHEAD = 600;
        static final long USUAL_LIFE = 3600;
        static final ReentrantLock TURN = new ReentrantLock();
        static String token;
        static long due;

        static String current(Time time) throws Passing, CrmUnavailable, CrmRefused, InterruptedException {
            return inTurn(time, () -> System.nanoTime() < due);
        }

        static String replaced(String old, Time time) throws Passing, CrmUnavailable, CrmRefused, InterruptedException {
            return inTurn(time, () -> !token.equals(old));
        }

        static String inTurn(Time time, BooleanSupplier good)
                throws Passing, CrmUnavailable, CrmRefused, InterruptedException {
            if (!TURN.tryLock(time.left(), TimeUnit.NANOSECONDS)) throw new Passing("no token in time");
            try {
                if (token == null || !good.getAsBoolean()) renew(time);
                return token;
            } finally {
                TURN.unlock();
            }
        }

        static void renew(Time time) throws Passing, CrmUnavailable, CrmRefused, InterruptedException {
            // Whatever becomes of this, the old token is not sent again.
            token = null;
            long asked = System.nanoTime();
            String form = "grant_type=client_credentials&client_id=" + encoded("CRM_CLIENT_ID")
                + "&client_secret=" + encoded("CRM_CLIENT_SECRET");
            HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("CRM_TOKEN_URL")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build();
            Map<?, ?> granted = understood(send(request, time));
            if (!(granted.get("access_token") instanceof String found)) {
                throw new Passing("the token endpoint's answer has another form than expected");
            }
            long lives = granted.get("expires_in") instanceof Double told && told > 0 ? told.longValue() : USUAL_LIFE;
            long good = lives > REFRESH_AHEAD ? (lives - REFRESH_AHEAD) * 1000 : lives * 500;
            due = asked + TimeUnit.MILLISECONDS.toNanos(good);
            token = found;
        }

        static String encoded(String name) {
            return URLEncoder.encode(System.getenv(name), StandardCharsets.UTF_8);
        }
    }

    /** Tickets that wait for the CRM, in order. A program that may be restarted keeps them in its database. */
    static final class Deliveries {
        static final BlockingQueue<Ticket> WAITING = new LinkedBlockingQueue<>();

        static void run() {
            try {
                for (boolean pause = true; ; pause = WAITING.isEmpty()) {
                    Ticket ticket = WAITING.take();
                    if (pause) Thread.sleep(DELIVER_EVERY);
                    while (!delivered(ticket)) Thread.sleep(DELIVER_EVERY);
                }
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
            }
        }

        static boolean delivered(Ticket ticket) throws InterruptedException {
            try {
                deliver(ticket, 1);
            } catch (CrmUnavailable error) {
                return false;
            } catch (CrmRefused error) {
                System.err.println("ticket " + ticket.key + " cannot be delivered and needs a person: " + error.getMessage());
            }
            return true;
        }
    }

    // The service.

    static volatile boolean warm;

    public static void main(String[] args) throws Exception {
        Thread deliveries = new Thread(Deliveries::run);
        deliveries.setDaemon(true);
        deliveries.start();
        int port = Integer.parseInt(System.getenv("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/healthz", exchange -> say(exchange, warm ? 200 : 503, "{}"));
        server.createContext("/orders/", exchange -> answer(exchange, Resilient::order));
        server.createContext("/tickets", exchange -> answer(exchange, Resilient::ticket));
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.start();
        warmUp(port);
    }

    /** The JVM loads half of its HTTP client at the first request, which no user shall wait for. */
    static void warmUp(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/healthz")).build();
        Json.read(CLIENT.send(request, BodyHandlers.ofString()).body());
        warm = true;
    }

    record Said(int status, String json) {}

    interface Route {
        Said of(HttpExchange exchange) throws Exception;
    }

    static Said order(HttpExchange exchange) throws Exception {
        return new Said(200, findOrder(exchange.getRequestURI().getPath().substring("/orders/".length())));
    }

    static Said ticket(HttpExchange exchange) throws Exception {
        String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Ticket ticket = new Ticket((String) ((Map<?, ?>) Json.read(asked)).get("subject"), UUID.randomUUID().toString());
        try {
            return new Said(201, "{\"ticket\": " + Json.quoted(deliver(ticket, ATTEMPTS)) + ", \"status\": \"created\"}");
        } catch (CrmUnavailable error) {
            Deliveries.WAITING.add(ticket);
            return new Said(202, "{\"ticket\": null, \"status\": \"queued\"}");
        }
    }

    static void answer(HttpExchange exchange, Route route) throws IOException {
        Said said;
        try {
            said = route.of(exchange);
        } catch (CrmUnavailable error) {
            said = failure(exchange, 503, error.getMessage());
        } catch (CrmRefused error) {
            said = failure(exchange, 502, error.getMessage());
        } catch (Exception error) {
            said = failure(exchange, 500, error.toString());
        }
        say(exchange, said.status, said.json);
    }

    static Said failure(HttpExchange exchange, int status, String message) {
        System.err.println(exchange.getRequestMethod() + " " + exchange.getRequestURI() + ": " + message);
        return new Said(status, "{\"error\": " + Json.quoted(message) + "}");
    }

    static void say(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
