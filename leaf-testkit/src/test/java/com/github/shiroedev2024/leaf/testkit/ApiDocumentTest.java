package com.github.shiroedev2024.leaf.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.ApiDocument.Exchange;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiDocumentTest {
  private static final String TEXT =
      """
      openapi: 3.1.0
      info: {title: t, version: '1'}
      paths:
        /list:
          get:
            x-at-most-one-of: [a, n]
            parameters:
              - {name: n, in: query, schema: {type: integer, maximum: 9}, example: 3}
              - {name: a, in: query, schema: {type: string}}
            responses:
              '200':
                description: d
                headers:
                  Cache-Control: {required: true, schema: {const: no-store}}
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Reply'}
                    examples:
                      one: {value: {name: x, ms: null}}
        /of/{tag}/health:
          post:
            responses:
              '404': {$ref: '#/components/responses/NotFound'}
      components:
        responses:
          NotFound:
            description: d
            content:
              text/plain: {schema: {type: string, minLength: 1}, examples: {none: {value: no such}}}
          MethodNotAllowed:
            description: d
            content:
              text/plain: {schema: {type: string, minLength: 1}}
        schemas:
          Reply:
            type: object
            additionalProperties: false
            required: [name, ms]
            properties:
              name: {type: string}
              ms: {type: [number, 'null']}
      """;
  private static final ApiDocument DOCUMENT = ApiDocument.of(TEXT);
  private static final String GOOD = "{\"name\":\"x\",\"ms\":1.5}";

  private static List<String> get(String target, String type, String body) {
    return violations("GET", target, 200, body, Map.of("content-type", List.of(type)));
  }

  private static List<String> violations(
      String method, String target, int status, String body, Map<String, List<String>> headers) {
    Map<String, List<String>> all = new java.util.HashMap<>(headers);
    all.put("cache-control", List.of("no-store"));
    return DOCUMENT.violations(new Exchange(method, target, status, all, body));
  }

  private static Map<String, List<String>> plain(String... allow) {
    return allow.length == 0
        ? Map.of("Content-Type", List.of("text/plain; charset=utf-8"))
        : Map.of("Content-Type", List.of("text/plain"), "Allow", List.of(allow));
  }

  @Test
  void whatIsDescribedFits() {
    assertThat(DOCUMENT.operations())
        .containsExactlyInAnyOrder("GET /list", "POST /of/{tag}/health");
    assertThat(DOCUMENT.statuses("GET /list")).containsExactly(200);
    assertThat(get("/list?n=9", "application/json", GOOD)).isEmpty();
    assertThat(get("/list?other=x", "application/json; charset=utf-8", GOOD)).isEmpty();
    assertThat(violations("POST", "/of/a/b/health", 404, "no", plain())).isEmpty();
    assertThat(violations("GET", "/other", 404, "no", plain())).isEmpty();
    assertThat(violations("PUT", "/list", 405, "no", plain("GET, HEAD, OPTIONS"))).isEmpty();
    assertThat(
            violations(
                "OPTIONS", "/of/x/health", 204, "", Map.of("allow", List.of("POST, OPTIONS"))))
        .isEmpty();
    assertThat(
            violations(
                "HEAD", "/list", 200, "", Map.of("content-type", List.of("application/json"))))
        .isEmpty();
  }

  @Test
  void whatIsNotDescribedIsTold() {
    String json = "application/json";
    assertThat(get("/list", json, "{\"name\":\"x\",\"ms\":1,\"more\":1}")).hasSize(1);
    assertThat(get("/list", json, "{\"name\":\"x\"}")).hasSize(1);
    assertThat(get("/list", json, "{\"name\":1,\"ms\":1}")).hasSize(1);
    assertThat(get("/list", json, "{\"name\":")).hasSize(1);
    assertThat(get("/list", "text/html", GOOD)).hasSize(1);
    assertThat(get("/list?n=10", json, GOOD)).hasSize(1);
    assertThat(get("/list?n=x", json, GOOD)).hasSize(1);
    assertThat(get("/list?n=1&a=1", json, GOOD)).hasSize(1);
    assertThat(get("/list/", json, GOOD)).hasSize(1);
    assertThat(violations("GET", "/list", 500, "no", plain())).hasSize(1);
    assertThat(violations("POST", "/of/x/health", 404, "", plain())).hasSize(1);
    assertThat(violations("PUT", "/list", 405, "no", plain("GET, OPTIONS"))).hasSize(1);
    assertThat(violations("OPTIONS", "/list", 204, "", Map.of())).hasSize(1);
    assertThat(
            DOCUMENT.violations(
                new Exchange("GET", "/list", 200, Map.of("content-type", List.of(json)), GOOD)))
        .hasSize(1);
    assertThat(violations("HEAD", "/list", 200, "x", Map.of("Content-Type", List.of(json))))
        .hasSize(1);
  }

  @Test
  void examplesAreLookedAt() {
    assertThat(DOCUMENT.exampleCount()).isEqualTo(3);
    assertThat(DOCUMENT.badExamples()).isEmpty();
    assertThat(
            ApiDocument.of(
                    TEXT.replace("ms: null}", "ms: text}").replace("example: 3", "example: x"))
                .badExamples())
        .hasSize(2);
  }
}
