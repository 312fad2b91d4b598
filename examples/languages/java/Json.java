import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as RFC 8259 has it, and nothing else; the JDK has no parser. Maps, lists, strings, doubles, booleans and null. */
final class Json {
    private static final int DEEPEST = 200;

    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    /** Raises IllegalArgumentException where the text is no JSON. */
    static Object read(String text) {
        Json json = new Json(text);
        Object value = json.value();
        json.space();
        if (json.at < text.length()) throw json.wrong();
        return value;
    }

    static String quoted(String text) {
        StringBuilder found = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            if (letter == '"' || letter == '\\') found.append('\\').append(letter);
            else if (letter < ' ') found.append(String.format("\\u%04x", (int) letter));
            else found.append(letter);
        }
        return found.append('"').toString();
    }

    private Object value() {
        space();
        if (++depth > DEEPEST) throw wrong();
        try {
            return switch (peek()) {
                case '{' -> object();
                case '[' -> array();
                case '"' -> string();
                case 't' -> word("true", true);
                case 'f' -> word("false", false);
                case 'n' -> word("null", null);
                default -> number();
            };
        } finally {
            depth--;
        }
    }

    private Map<String, Object> object() {
        Map<String, Object> found = new LinkedHashMap<>();
        take('{');
        if (isNext('}')) return found;
        do {
            space();
            String key = string();
            space();
            take(':');
            found.put(key, value());
        } while (isNext(','));
        take('}');
        return found;
    }

    private List<Object> array() {
        List<Object> found = new ArrayList<>();
        take('[');
        if (isNext(']')) return found;
        do found.add(value());
        while (isNext(','));
        take(']');
        return found;
    }

    private String string() {
        StringBuilder found = new StringBuilder();
        take('"');
        while (peek() != '"') {
            char letter = text.charAt(at++);
            if (letter < ' ') throw wrong();
            found.append(letter == '\\' ? escaped() : letter);
        }
        at++;
        return found.toString();
    }

    private char escaped() {
        char letter = peek();
        at++;
        return switch (letter) {
            case '"', '\\', '/' -> letter;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                String digits = text.substring(at, Math.min(at + 4, text.length()));
                if (!digits.matches("[0-9a-fA-F]{4}")) throw wrong();
                at += 4;
                yield (char) Integer.parseInt(digits, 16);
            }
            default -> throw wrong();
        };
    }

    private Double number() {
        int start = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) at++;
        String found = text.substring(start, at);
        if (!found.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) throw wrong();
        return Double.valueOf(found);
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) throw wrong();
        at += word.length();
        return value;
    }

    private boolean isNext(char wanted) {
        space();
        if (peek() != wanted) return false;
        at++;
        return true;
    }

    private void take(char wanted) {
        if (peek() != wanted) throw wrong();
        at++;
    }

    private char peek() {
        if (at >= text.length()) throw wrong();
        return text.charAt(at);
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException("no JSON at character " + at);
    }
}
