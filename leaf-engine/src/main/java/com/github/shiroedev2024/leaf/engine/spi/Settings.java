package com.github.shiroedev2024.leaf.engine.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one configured part, each value with the place it was written. Typed getters
 * report what does not fit to {@link #problems} and answer the default, so that reading goes on and
 * all problems show at once.
 *
 * <p>Keys are camelCase whatever the file's format; both readers translate before this.
 */
public final class Settings {
  /**
   * A value and its place.
   *
   * @param raw String, Long, Double, Boolean, {@code List<Value>} or {@code Map<String, Value>}
   */
  public record Value(Object raw, Source source) {}

  /** Settings whose values are never shown in a message. */
  private static final Set<String> SECRETS =
      Set.of("password", "passwords", "uuid", "users", "shortId", "rawCertificateKey");

  private final String owner;
  private final Source source;
  private final Map<String, Value> values;
  private final boolean textual;
  private final Problems problems;
  private final UnaryOperator<String> spelling;
  private final Path folder;

  /**
   * @param owner what these settings belong to, for messages: {@code outbound 'a'}
   * @param textual true for {@code .conf}, where every value is text and numbers and booleans are
   *     read from it; false for JSON, where a number in quotes is an error
   */
  public Settings(
      String owner, Source source, Map<String, Value> values, boolean textual, Problems problems) {
    this(owner, source, values, textual, problems, textual ? Settings::kebab : key -> key);
  }

  /**
   * @param spelling how the user writes a key, for messages; else kebab-case in {@code .conf}
   */
  public Settings(
      String owner,
      Source source,
      Map<String, Value> values,
      boolean textual,
      Problems problems,
      UnaryOperator<String> spelling) {
    this(owner, source, values, textual, problems, spelling, Path.of(""));
  }

  private Settings(
      String owner,
      Source source,
      Map<String, Value> values,
      boolean textual,
      Problems problems,
      UnaryOperator<String> spelling,
      Path folder) {
    this.owner = owner;
    this.source = source;
    this.values = new LinkedHashMap<>(values);
    this.textual = textual;
    this.problems = problems;
    this.spelling = spelling;
    this.folder = folder;
  }

  /** The same settings, with relative paths in them meant from this folder. */
  public Settings in(Path other) {
    return new Settings(owner, source, values, textual, problems, spelling, other);
  }

  /**
   * The file that a path in these settings means, absolute. Relative ones lie in the folder for
   * assets if one is configured, else where the configuration file is.
   *
   * @throws java.nio.file.InvalidPathException when this is no path
   */
  public Path path(String written) {
    return folder.resolve(written).toAbsolutePath().normalize();
  }

  private static String kebab(String key) {
    StringBuilder kebab = new StringBuilder(key.length() + 4);
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (Character.isUpperCase(c)) {
        kebab.append('-').append(Character.toLowerCase(c));
      } else {
        kebab.append(c);
      }
    }
    return kebab.toString();
  }

  /** A key as the user writes it, in quotes, for messages. */
  public String named(String key) {
    return "'" + spelling.apply(key) + "'";
  }

  public String owner() {
    return owner;
  }

  /** Where the whole part was written. */
  public Source source() {
    return source;
  }

  /** Where this key was written, or the whole part when it is absent. */
  public Source source(String key) {
    Value v = values.get(key);
    return v == null ? source : v.source();
  }

  public Problems problems() {
    return problems;
  }

  public Set<String> keys() {
    return values.keySet();
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  public @Nullable Value value(String key) {
    return values.get(key);
  }

  /** Reports an error at this key's place. */
  public void error(String key, String message, String remedy) {
    problems.error(source(key), text(key), owner + ": " + message, remedy);
  }

  /** Reports a warning at this key's place. */
  public void warning(String key, String message, String remedy) {
    problems.warning(source(key), text(key), owner + ": " + message, remedy);
  }

  private String text(String key) {
    Value v = values.get(key);
    if (v == null) {
      return "";
    }
    boolean told = v.raw() instanceof String || v.raw() instanceof Number;
    String text = told ? v.raw().toString() : "";
    return SECRETS.contains(key) || isPem(text) ? "(hidden)" : text;
  }

  /** Whether a text is, or was meant to be, the content of a certificate or key. */
  private static boolean isPem(String text) {
    return text.contains("-----") || text.indexOf('\n') >= 0;
  }

  public @Nullable String string(String key) {
    Value v = values.get(key);
    if (v == null) {
      return null;
    }
    if (v.raw() instanceof String s) {
      return s;
    }
    error(key, named(key) + " must be text", "put it in quotes");
    return null;
  }

  public String string(String key, String fallback) {
    String s = string(key);
    return s == null ? fallback : s;
  }

  /** A text that must be there and not be empty; reports and answers "" when it is not. */
  public String required(String key) {
    String s = has(key) ? string(key) : null;
    if (s != null && !s.isEmpty()) {
      return s;
    }
    if (!has(key) || s != null) {
      error(key, named(key) + " is missing", "add " + spelling.apply(key));
    }
    return "";
  }

  /** A whole number within bounds (inclusive). */
  public long number(String key, long fallback, long min, long max) {
    Value v = values.get(key);
    if (v == null) {
      return fallback;
    }
    Long n = null;
    if (v.raw() instanceof Long l) {
      n = l;
    } else if (textual && v.raw() instanceof String s) {
      try {
        n = Long.valueOf(s);
      } catch (NumberFormatException e) {
        n = null;
      }
    }
    if (n == null || n < min || n > max) {
      error(
          key,
          named(key) + " must be a whole number, not " + shown(v.raw()),
          "use a number from " + min + " to " + max);
      return fallback;
    }
    return n;
  }

  private String shown(Object raw) {
    return switch (raw) {
      case String text when textual -> "'" + text + "'";
      case String text -> "text";
      case List<?> list -> "a list";
      case Map<?, ?> map -> "an object";
      default -> raw.toString();
    };
  }

  /** A port from 1 to 65535 that must be there; reports and answers 0 when it is not. */
  public int requiredPort(String key) {
    if (!has(key)) {
      error(key, named(key) + " is missing", "add a port from 1 to 65535");
      return 0;
    }
    return (int) number(key, 0, 1, 65535);
  }

  /** In {@code .conf} exactly {@code true} is true; anything but true and false is a warning. */
  public boolean bool(String key, boolean fallback) {
    Value v = values.get(key);
    if (v == null) {
      return fallback;
    }
    if (v.raw() instanceof Boolean b) {
      return b;
    }
    if (textual && v.raw() instanceof String s) {
      if (!s.equals("true") && !s.equals("false")) {
        warning(
            key, "'" + spelling.apply(key) + "=" + s + "' counts as false", "write true or false");
      }
      return s.equals("true");
    }
    error(key, named(key) + " must be true or false", "write true or false without quotes");
    return fallback;
  }

  /** A number of seconds as a duration. */
  public Duration seconds(String key, Duration fallback) {
    return Duration.ofSeconds(number(key, fallback.toSeconds(), 0, Integer.MAX_VALUE));
  }

  /** A number of milliseconds as a duration. */
  public Duration millis(String key, Duration fallback) {
    return Duration.ofMillis(number(key, fallback.toMillis(), 0, Integer.MAX_VALUE));
  }

  /** A list of texts; in {@code .conf} a single text is a list of one. Absent: empty. */
  public List<String> strings(String key) {
    Value v = values.get(key);
    if (v == null) {
      return List.of();
    }
    if (textual && v.raw() instanceof String s) {
      return List.of(s);
    }
    List<String> texts = new ArrayList<>();
    if (v.raw() instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Value iv && iv.raw() instanceof String s) {
          texts.add(s);
        } else {
          error(key, named(key) + " must hold texts only", "put each item in quotes");
        }
      }
    } else {
      error(key, named(key) + " must be a list", "write [\"…\"]");
    }
    return texts;
  }

  /** An object of texts. Absent: empty. */
  public Map<String, String> stringMap(String key) {
    Value v = values.get(key);
    Map<String, String> texts = new LinkedHashMap<>();
    if (v == null) {
      return texts;
    }
    if (v.raw() instanceof Map<?, ?> map) {
      for (var e : map.entrySet()) {
        if (e.getKey() instanceof String k && e.getValue() instanceof Value iv) {
          if (iv.raw() instanceof String s) {
            texts.put(k, s);
          } else {
            error(key, "'" + key + "." + k + "' must be text", "put it in quotes");
          }
        }
      }
    } else {
      error(key, named(key) + " must be an object", "write {\"name\": \"value\"}");
    }
    return texts;
  }

  /** A list of objects, each as settings of its own. Absent: empty. */
  public List<Settings> objects(String key) {
    Value v = values.get(key);
    List<Settings> objects = new ArrayList<>();
    if (v == null) {
      return objects;
    }
    if (v.raw() instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Value iv && iv.raw() instanceof Map<?, ?> map) {
          Map<String, Value> inner = new LinkedHashMap<>();
          map.forEach((k, x) -> inner.put((String) k, (Value) x));
          objects.add(
              new Settings(
                  owner + ": " + key + "[" + objects.size() + "]",
                  iv.source(),
                  inner,
                  textual,
                  problems,
                  textual ? Settings::kebab : inside -> inside,
                  folder));
        } else {
          error(key, named(key) + " must hold objects only", "write [{…}]");
        }
      }
    } else {
      error(key, named(key) + " must be a list of objects", "write [{…}]");
    }
    return objects;
  }
}
