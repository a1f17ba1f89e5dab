package com.github.shiroedev2024.leaf.api.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All routes of an API, found by the path as it was sent, percent signs and all. */
public final class RouteTable {
  private final List<Route> routes;
  private final Map<String, Resource> literal = new LinkedHashMap<>();
  private final List<Resource> tagged = new ArrayList<>();

  public RouteTable(List<Route> routes) {
    this.routes = List.copyOf(routes);
    for (Route route : this.routes) {
      Resource resource = literal.computeIfAbsent(route.path(), Resource::new);
      if (resource.byMethod.put(route.method(), route) != null) {
        throw new IllegalArgumentException(route.method() + " " + route.path() + " is there twice");
      }
    }
    literal
        .values()
        .removeIf(resource -> resource.path.contains(Route.TAG) && tagged.add(resource));
  }

  public List<Route> routes() {
    return routes;
  }

  /** What is at this path; null when nothing is. */
  @Nullable Match match(String rawPath) {
    Resource resource = literal.get(rawPath);
    if (resource != null) {
      return new Match(resource, "");
    }
    for (Resource each : tagged) {
      String tag = each.tagIn(rawPath);
      if (tag != null) {
        return new Match(each, tag);
      }
    }
    return null;
  }

  /**
   * A path that exists.
   *
   * @param rawTag what stands in the place of the tag, not decoded; empty without one
   */
  record Match(Resource resource, String rawTag) {}

  /** The calls at one path. */
  static final class Resource {
    private final String path;
    private final String before;
    private final String after;
    private final Map<String, Route> byMethod = new LinkedHashMap<>();

    private Resource(String path) {
      this.path = path;
      int tag = path.indexOf(Route.TAG);
      before = tag < 0 ? path : path.substring(0, tag);
      after = tag < 0 ? "" : path.substring(tag + Route.TAG.length());
    }

    private @Nullable String tagIn(String rawPath) {
      return rawPath.length() >= before.length() + after.length()
              && rawPath.startsWith(before)
              && rawPath.endsWith(after)
          ? rawPath.substring(before.length(), rawPath.length() - after.length())
          : null;
    }

    /** The route of this method, HEAD being answered by GET's; null when it is not allowed. */
    @Nullable Route route(String method) {
      return byMethod.get(method.equals("HEAD") ? "GET" : method);
    }

    /** For {@code Allow}: methods in the order of the table, HEAD after GET, OPTIONS last. */
    Set<String> methods() {
      Set<String> methods = new LinkedHashSet<>();
      for (String method : byMethod.keySet()) {
        methods.add(method);
        if (method.equals("GET")) {
          methods.add("HEAD");
        }
      }
      methods.add("OPTIONS");
      return methods;
    }
  }
}
