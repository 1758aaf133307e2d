package dev.sentinelj.adapters.http;

import io.undertow.util.PathTemplateMatcher;
import io.undertow.util.PathTemplateMatcher.PathMatchResult;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the route of a request. */
final class Router {
  private final List<Route> routes;
  private final PathTemplateMatcher<SortedMap<String, Route>> paths = new PathTemplateMatcher<>();

  Router(List<Route> routes) {
    this.routes = List.copyOf(routes);
    SortedMap<String, SortedMap<String, Route>> byPath = new TreeMap<>();
    for (Route route : routes) {
      byPath.computeIfAbsent(route.template(), path -> new TreeMap<>()).put(route.method(), route);
    }
    byPath.forEach(paths::add);
  }

  /** All routes that are served. */
  List<Route> routes() {
    return routes;
  }

  record Match(Route route, Map<String, String> variables) {}

  /** HEAD is served as GET; the server leaves out the body. */
  Match match(String method, String path) {
    PathMatchResult<SortedMap<String, Route>> found = paths.match(path);
    if (found == null) {
      throw Problem.notFound("there is nothing at this path");
    }
    Route route = found.getValue().get(method.equals("HEAD") ? "GET" : method);
    if (route == null) {
      throw new ProblemException(
          Problem.of(405, "this path does not take " + (known(method) ? method : "this method"))
              .with("Allow", String.join(", ", found.getValue().keySet())));
    }
    return new Match(route, Map.copyOf(found.getParameters()));
  }

  private static boolean known(String method) {
    return method.matches("[A-Z]{1,16}");
  }
}
