package com.github.shiroedev2024.leaf.api.http;

import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One call: its tag and its query parameters. Parameters that nobody asks for are ignored. Asking
 * for one that is malformed, given twice or not what it should be fails with BAD_REQUEST and a
 * message that names it.
 */
public final class Call {
  private final String rawTag;
  private final String rawQuery;

  Call(String rawTag, @Nullable String rawQuery) {
    this.rawTag = rawTag;
    this.rawQuery = rawQuery == null ? "" : rawQuery;
  }

  /** What the path has in the place of {@link Route#TAG}. */
  public String tag() {
    return Percent.decode(rawTag, "the tag in the path");
  }

  /** A parameter that must be there and not empty. */
  public String required(String name) {
    String value = optional(name);
    if (value == null) {
      throw badRequest("parameter '" + name + "' is missing");
    }
    return value;
  }

  /** A parameter that may be absent, but not empty; null when it is. */
  public @Nullable String optional(String name) {
    String value = text(name);
    if (value != null && value.isEmpty()) {
      throw badRequest("parameter '" + name + "' is empty");
    }
    return value;
  }

  /** A parameter that may be absent or empty; null when absent. */
  public @Nullable String text(String name) {
    String found = null;
    for (int start = 0; start <= rawQuery.length(); ) {
      int end = rawQuery.indexOf('&', start);
      end = end < 0 ? rawQuery.length() : end;
      int equals = rawQuery.indexOf('=', start);
      int nameEnd = equals < 0 || equals > end ? end : equals;
      if (isNamed(rawQuery.substring(start, nameEnd), name)) {
        if (found != null) {
          throw badRequest("parameter '" + name + "' is there more than once");
        }
        String raw = nameEnd == end ? "" : rawQuery.substring(nameEnd + 1, end);
        found = Percent.decode(raw, "parameter '" + name + "'");
      }
      start = end + 1;
    }
    return found;
  }

  private static boolean isNamed(String raw, String name) {
    if (raw.indexOf('%') < 0) {
      return raw.equals(name);
    }
    try {
      return Percent.decode(raw, "a parameter's name").equals(name);
    } catch (ControlException e) {
      return false; // Malformed, so it is none that we know.
    }
  }

  /** A whole number within bounds, both included. */
  public long number(String name, long absent, long least, long most) {
    String value = optional(name);
    return value == null ? absent : parse(name, value, least, most);
  }

  /** {@link #number} of a parameter that must be there. */
  public long requiredNumber(String name, long least, long most) {
    return parse(name, required(name), least, most);
  }

  private static long parse(String name, String value, long least, long most) {
    boolean digits = value.length() <= 19 && value.chars().allMatch(c -> c >= '0' && c <= '9');
    try {
      long number = digits ? Long.parseLong(value) : -1;
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // 19 digits may be too many; said below.
    }
    String range = most == Long.MAX_VALUE ? "from " + least + " on" : least + " to " + most;
    throw badRequest(
        "parameter '" + name + "' must be a whole number, " + range + ", not '" + value + "'");
  }

  /** {@code true} or {@code false}; false when absent. */
  public boolean flag(String name) {
    String value = optional(name);
    if (value == null || value.equals("false") || value.equals("0")) {
      return false;
    }
    if (value.equals("true") || value.equals("1")) {
      return true;
    }
    throw badRequest("parameter '" + name + "' must be true or false, not '" + value + "'");
  }

  /** Waits for an answer, on the call's own virtual thread. */
  public <T extends @Nullable Object> T await(CompletableFuture<T> answer) throws Exception {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof Exception exception) {
        throw exception;
      }
      throw e;
    }
  }

  public static ControlException badRequest(String message) {
    return new ControlException(ControlException.Kind.BAD_REQUEST, message);
  }
}
