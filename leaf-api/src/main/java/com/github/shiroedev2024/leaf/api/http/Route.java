package com.github.shiroedev2024.leaf.api.http;

/**
 * One call of an API.
 *
 * @param method {@code GET} or {@code POST}
 * @param path literal, but for at most one {@code {tag}} that stands for anything, slashes included
 * @param action what answers it
 */
public record Route(String method, String path, Action action) {
  /** Stands in a path for a tag. */
  public static final String TAG = "{tag}";

  /** What answers a call; runs on a virtual thread of its own and may block. */
  @FunctionalInterface
  public interface Action {
    /**
     * @throws com.github.shiroedev2024.leaf.runtime.control.ControlException when it cannot be
     *     answered; its kind gives the status and its message the body
     */
    Reply call(Call call) throws Exception;
  }

  public static Route get(String path, Action action) {
    return new Route("GET", path, action);
  }

  public static Route post(String path, Action action) {
    return new Route("POST", path, action);
  }
}
