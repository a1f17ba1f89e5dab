package com.github.shiroedev2024.leaf.testkit;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * An OpenAPI 3.1 document, held against what a server really says. HEAD is taken to be described by
 * GET, and OPTIONS by the methods of its path.
 */
public final class ApiDocument {
  private static final String BASE = "https://document.invalid/openapi.yaml";
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  /**
   * Statuses of failures before any operation is reached, and the components that describe them.
   */
  private static final Map<Integer, String> BEFORE_ROUTING =
      Map.of(
          400, "BadRequest",
          403, "Forbidden",
          404, "NotFound",
          405, "MethodNotAllowed",
          413, "BodyTooLarge",
          414, "RequestLineTooLong",
          431, "HeadersTooLarge");

  private final JsonNode root;
  private final SchemaRegistry schemas;
  private final Map<String, Operation> operations = new TreeMap<>();

  /**
   * One request and its reply.
   *
   * @param target as on the request line
   * @param headers of the reply; names in any case
   */
  public record Exchange(
      String method, String target, int status, Map<String, List<String>> headers, String body) {
    private String path() {
      int query = target.indexOf('?');
      String path = query < 0 ? target : target.substring(0, query);
      return path.startsWith("/") ? path : URI.create(path).getRawPath();
    }

    private @Nullable String header(String name) {
      for (Map.Entry<String, List<String>> each : headers.entrySet()) {
        if (each.getKey().equalsIgnoreCase(name)) {
          return each.getValue().getFirst();
        }
      }
      return null;
    }
  }

  /**
   * @param pointer where it is in the document
   */
  private record Operation(String method, String path, JsonNode node, String pointer) {}

  /** A node and where it is in the document, references followed. */
  private record Place(JsonNode node, String pointer) {}

  private ApiDocument(String yaml) {
    root = new YAMLMapper().readTree(yaml);
    schemas =
        SchemaRegistry.withDialect(
            dialect(root.propertyNames()), builder -> builder.schemas(Map.of(BASE, yaml)));
    root.path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue().properties().stream()
                    .filter(each -> METHODS.contains(each.getKey()))
                    .forEach(each -> add(path.getKey(), each.getKey(), each.getValue())));
  }

  /** The schemas are inside a document whose own words are none of a schema. */
  private static Dialect dialect(Collection<String> words) {
    return Dialect.builder(Dialects.getOpenApi31())
        .keywords(words.stream().map(NonValidationKeyword::new).toList())
        .build();
  }

  private void add(String path, String key, JsonNode node) {
    String method = key.toUpperCase(Locale.ROOT);
    String pointer = "#/paths/" + escape(path) + "/" + key;
    operations.put(method + " " + path, new Operation(method, path, node, pointer));
  }

  public static ApiDocument of(String yaml) {
    return new ApiDocument(yaml);
  }

  /** Method and path template of each operation, such as {@code GET /list}. */
  public Set<String> operations() {
    return Set.copyOf(operations.keySet());
  }

  /** Statuses that the document lists for an operation. */
  public Set<Integer> statuses(String operation) {
    Set<Integer> statuses = new TreeSet<>();
    Operation found = operations.get(operation);
    if (found != null) {
      found
          .node
          .path("responses")
          .propertyNames()
          .forEach(status -> statuses.add(Integer.valueOf(status)));
    }
    return statuses;
  }

  /** What about an exchange is not as the document says; empty when all is. */
  public List<String> violations(Exchange exchange) {
    List<String> problems = new ArrayList<>();
    Map<String, Operation> here = at(exchange.path());
    String method = exchange.method.equals("HEAD") ? "GET" : exchange.method;
    Operation operation = here.get(method);
    Place response;
    if (method.equals("OPTIONS") && exchange.status == 204) {
      allow(exchange, here.keySet(), problems);
      return problems;
    } else if (operation != null) {
      String status = Integer.toString(exchange.status);
      response =
          place(
              operation.node.path("responses").path(status),
              operation.pointer + "/responses/" + status);
      if (exchange.status < 300) {
        query(exchange, operation, problems);
      }
    } else {
      if (exchange.status == 405) {
        allow(exchange, here.keySet(), problems);
      }
      String name = BEFORE_ROUTING.get(exchange.status);
      response = place(root.at("/components/responses/" + name), "#/components/responses/" + name);
    }
    if (response.node.isMissingNode()) {
      problems.add("status " + exchange.status + " is not in the document");
    } else {
      headers(exchange, response, problems);
      body(exchange, response, problems);
    }
    problems.replaceAll(each -> exchange.method + " " + exchange.target + ": " + each);
    return problems;
  }

  /** Operations at a path as it was sent, by method; a literal path comes before a template. */
  private Map<String, Operation> at(String path) {
    Map<String, Operation> found = new TreeMap<>();
    for (boolean literal : new boolean[] {true, false}) {
      for (Operation each : operations.values()) {
        if (found.isEmpty() || found.values().iterator().next().path.equals(each.path)) {
          if (literal ? each.path.equals(path) : fits(each.path, path)) {
            found.put(each.method, each);
          }
        }
      }
    }
    return found;
  }

  private static boolean fits(String template, String path) {
    int open = template.indexOf('{');
    int close = template.indexOf('}');
    return open >= 0
        && path.length() >= template.length() - (close + 1 - open)
        && path.startsWith(template.substring(0, open))
        && path.endsWith(template.substring(close + 1));
  }

  private static void allow(Exchange exchange, Set<String> documented, List<String> problems) {
    Set<String> expected = new TreeSet<>(documented);
    if (expected.contains("GET")) {
      expected.add("HEAD");
    }
    expected.add("OPTIONS");
    String allow = exchange.header("Allow");
    Set<String> told = allow == null ? Set.of() : new TreeSet<>(List.of(allow.split(", ", -1)));
    if (!told.equals(expected)) {
      problems.add("Allow tells " + told + ", the document " + expected);
    }
  }

  private void headers(Exchange exchange, Place response, List<String> problems) {
    response
        .node
        .path("headers")
        .propertyNames()
        .forEach(
            name -> {
              Place header =
                  place(
                      response.node.path("headers").path(name),
                      response.pointer + "/headers/" + escape(name));
              String value = exchange.header(name);
              if (value != null) {
                JsonNode text = JsonNodeFactory.instance.stringNode(value);
                validate(text, header.pointer + "/schema", "header " + name, problems);
              } else if (header.node.path("required").asBoolean(false)) {
                problems.add("header " + name + " is missing");
              }
            });
  }

  private void body(Exchange exchange, Place response, List<String> problems) {
    String type = exchange.header("Content-Type");
    String media = type == null ? "" : type.split(";", 2)[0].strip();
    if (response.node.path("content").path(media).isMissingNode()) {
      problems.add("content type '" + type + "' is not in the document for " + exchange.status);
      return;
    }
    if (exchange.method.equals("HEAD")) {
      if (!exchange.body.isEmpty()) {
        problems.add("HEAD is answered with a body");
      }
      return;
    }
    try {
      validate(
          read(media, exchange.body),
          response.pointer + "/content/" + escape(media) + "/schema",
          "body",
          problems);
    } catch (JacksonException e) {
      problems.add("the body is not well-formed: " + e.getMessage());
    }
  }

  private static JsonNode read(String media, String body) {
    return switch (media) {
      case "application/json" -> new JsonMapper().readTree(body);
      case "application/yaml" -> new YAMLMapper().readTree(body);
      default -> JsonNodeFactory.instance.stringNode(body);
    };
  }

  /** A request that was answered with success has parameters as the document wants them. */
  private void query(Exchange exchange, Operation operation, List<String> problems) {
    Map<String, String> given = parameters(exchange.target);
    JsonNode parameters = operation.node.path("parameters");
    for (int i = 0; i < parameters.size(); i++) {
      Place parameter = place(parameters.get(i), operation.pointer + "/parameters/" + i);
      if (!parameter.node.path("in").asString().equals("query")) {
        continue;
      }
      String name = parameter.node.path("name").asString();
      String value = given.get(name);
      if (value != null) {
        JsonNode schema = place(parameter.node.path("schema"), "").node;
        validate(
            typed(value, schema), parameter.pointer + "/schema", "parameter " + name, problems);
      } else if (parameter.node.path("required").asBoolean(false)) {
        problems.add("it succeeds without parameter " + name);
      }
    }
    exclusive(operation.node.path("x-exactly-one-of"), given, 1, problems);
    exclusive(operation.node.path("x-at-most-one-of"), given, 0, problems);
  }

  private static void exclusive(
      JsonNode names, Map<String, String> given, int least, List<String> problems) {
    long there = names.valueStream().filter(name -> given.containsKey(name.asString())).count();
    if (!names.isMissingNode() && (there < least || there > 1)) {
      problems.add("it succeeds with " + there + " of " + names);
    }
  }

  private static Map<String, String> parameters(String target) {
    Map<String, String> parameters = new TreeMap<>();
    int start = target.indexOf('?');
    if (start >= 0) {
      for (String each : target.substring(start + 1).split("&", -1)) {
        String[] parts = each.split("=", 2);
        parameters.put(parts[0], parts.length < 2 ? "" : decoded(parts[1]));
      }
    }
    return parameters;
  }

  /** The raw text when it is malformed: a parameter that nobody reads may be. */
  private static String decoded(String raw) {
    try {
      return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return raw;
    }
  }

  /** The value as the type that the schema wants, where the text is one of it. */
  private static JsonNode typed(String value, JsonNode schema) {
    String type = schema.path("type").asString("");
    boolean number = type.equals("integer") && value.matches("-?[0-9]+");
    boolean flag = type.equals("boolean") && value.matches("true|false");
    return number || flag
        ? new JsonMapper().readTree(value)
        : JsonNodeFactory.instance.stringNode(value);
  }

  /** Examples of the document that are not as its own schemas want them; empty when all are. */
  public List<String> badExamples() {
    List<String> problems = new ArrayList<>();
    examples(root, "#", problems);
    return problems;
  }

  /** How many examples there are. */
  public int exampleCount() {
    return examples(root, "#", new ArrayList<>());
  }

  /** Walks to whatever has a schema with an example, or examples, beside it. */
  private int examples(JsonNode node, String pointer, List<String> problems) {
    int count = 0;
    if (node.has("schema")) {
      for (Map.Entry<String, JsonNode> each : node.path("examples").properties()) {
        String where = pointer + "/examples/" + each.getKey();
        validate(each.getValue().path("value"), pointer + "/schema", where, problems);
        count++;
      }
      if (node.has("example")) {
        validate(node.path("example"), pointer + "/schema", pointer + "/example", problems);
        count++;
      }
    }
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      if (!each.getKey().equals("examples")) {
        count += examples(each.getValue(), pointer + "/" + escape(each.getKey()), problems);
      }
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      count += examples(node.get(i), pointer + "/" + i, problems);
    }
    return count;
  }

  private void validate(JsonNode value, String schema, String what, List<String> problems) {
    for (Error error : schemas.getSchema(SchemaLocation.of(BASE + schema)).validate(value)) {
      problems.add(what + ": " + error);
    }
  }

  /** Follows references inside the document. */
  private Place place(JsonNode node, String pointer) {
    String reference = node.path("$ref").asString("");
    return reference.isEmpty()
        ? new Place(node, pointer)
        : place(root.at(reference.substring(1)), reference);
  }

  /** One step of a JSON pointer (RFC 6901, 3). */
  private static String escape(String step) {
    return step.replace("~", "~0").replace("/", "~1");
  }
}
