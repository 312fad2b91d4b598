// The JDK's own client with the CRM's address wired in; it is not told of the lab.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Wired {
    public static void main(String[] args) throws Exception {
        String host = args[0].equals("elsewhere") ? "api.elsewhere.example" : "api.hubapi.com";
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://" + host + "/crm/v3/objects/contacts/101"))
            .header("Authorization", "Bearer " + System.getenv("CRM_ACCESS_TOKEN")).build();
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            System.out.println(answer.statusCode());
        } catch (java.io.IOException error) {
            System.out.println("\"" + error.getMessage() + "\"");
            System.exit(3);
        }
    }
}
