package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions.Option;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the engine's options: a configuration key wins over the file's own environment section,
 * that over the process environment, that over the default.
 */
final class OptionsReader {
  /** The environment name of the API's address, {@code ip:port}. */
  static final String API_LISTEN = "API_LISTEN";

  /** What some options were called once, in the environment. */
  private static final Map<Option<?>, String> OLD_NAMES =
      Map.of(
          EngineOptions.HTTP_USER_AGENT, "USER_AGENT",
          EngineOptions.TLS_DOMAIN_SNIFFING, "DOMAIN_SNIFFING");

  /** The environment name of the folder for caches. */
  static final String CACHE_LOCATION = "CACHE_LOCATION";

  /** The configuration key of {@link #CACHE_LOCATION}. */
  static final String CACHE_KEY = "cacheLocation";

  /** The environment name of the folder that relative paths are meant from. */
  static final String ASSET_LOCATION = "ASSET_LOCATION";

  /** The configuration key of {@link #ASSET_LOCATION}. */
  static final String ASSET_KEY = "assetLocation";

  private final Draft draft;
  private final Map<String, String> process;
  private final Problems problems;

  OptionsReader(Draft draft, Map<String, String> process, Problems problems) {
    this.draft = draft;
    this.process = process;
    this.problems = problems;
  }

  EngineOptions read() {
    warnOfUnknown();
    Map<Option<?>, Object> values = new LinkedHashMap<>();
    for (Option<?> option : EngineOptions.all()) {
      Object value = value(option);
      if (value != null && !value.equals(option.fallback())) {
        values.put(option, value);
      }
    }
    return new EngineOptions(values);
  }

  /** The folder for caches, or null. */
  @Nullable String cacheLocation() {
    return location(CACHE_KEY, CACHE_LOCATION);
  }

  /**
   * The folder that relative paths in the configuration are meant from.
   *
   * @param folder where the configuration file is, from which the answer itself may be relative
   */
  Path assetLocation(Path folder) {
    String text = location(ASSET_KEY, ASSET_LOCATION);
    if (text == null || text.isEmpty()) {
      return folder;
    }
    try {
      return folder.resolve(text);
    } catch (InvalidPathException e) {
      Value key = draft.options.get(ASSET_KEY);
      problems.error(
          key == null ? draft.start() : key.source(),
          text,
          ASSET_LOCATION + ": '" + text + "' is not a path",
          "name a folder");
      return folder;
    }
  }

  private @Nullable String location(String name, String env) {
    Value key = draft.options.get(name);
    if (key != null) {
      if (key.raw() instanceof String text) {
        return text;
      }
      problems.error(key.source(), "", "option '" + name + "' must be text", "put it in quotes");
    }
    Draft.Text environment = environment(env);
    return environment == null ? null : environment.value();
  }

  /** What the environment says, the file's own first; null when it is not set or empty. */
  Draft.@Nullable Text environment(String name) {
    Draft.Text own = draft.env.get(name);
    if (own != null) {
      return own.value().isEmpty() ? null : own;
    }
    String value = process.get(name);
    if (value == null || value.isEmpty()) {
      return null;
    }
    Source source = new Source("environment", 0, name);
    return new Draft.Text(value, () -> source);
  }

  private @Nullable Object value(Option<?> option) {
    Value key = draft.options.get(option.key());
    if (key != null) {
      String text = text(option, key);
      if (text == null) {
        return null;
      }
      try {
        return option.reader().apply(text);
      } catch (IllegalArgumentException e) {
        problems.error(
            key.source(),
            text,
            "option '" + draft.key(option.key()) + "' cannot be '" + text + "'",
            message(e));
        return null;
      }
    }
    Draft.Text environment = environment(option.env());
    String old = OLD_NAMES.get(option);
    if (environment == null && old != null) {
      environment = environment(old);
    }
    if (environment == null) {
      return null;
    }
    try {
      return option.reader().apply(environment.value());
    } catch (IllegalArgumentException e) {
      problems.warning(
          environment.source(),
          environment.value(),
          option.env() + " cannot be '" + environment.value() + "', the default applies",
          message(e));
      return null;
    }
  }

  private static String message(IllegalArgumentException e) {
    String message = e.getMessage();
    return message == null ? "" : message;
  }

  /** The text of a key's value; reports and answers null when it is of the wrong kind. */
  private @Nullable String text(Option<?> option, Value value) {
    Object raw = value.raw();
    if (raw instanceof List<?> items && option.fallback() instanceof List) {
      StringJoiner joined = new StringJoiner(",");
      for (Object item : items) {
        if (item instanceof Value v && v.raw() instanceof String s) {
          joined.add(s);
        } else {
          wrongKind(option, value, "a list of texts");
          return null;
        }
      }
      return joined.toString();
    }
    if (draft.textual()) {
      return raw instanceof String s ? s : "";
    }
    boolean fits =
        switch (option.fallback()) {
          case Boolean b -> raw instanceof Boolean;
          case Duration d -> raw instanceof Long;
          case Integer n -> raw instanceof Long;
          default -> raw instanceof String;
        };
    if (!fits) {
      wrongKind(
          option,
          value,
          switch (option.fallback()) {
            case Boolean b -> "true or false";
            case Duration d -> "a whole number";
            case Integer n -> "a whole number";
            default -> "text";
          });
      return null;
    }
    return raw.toString();
  }

  private void wrongKind(Option<?> option, Value value, String wanted) {
    boolean word = value.raw() instanceof String || value.raw() instanceof Number;
    problems.error(
        value.source(),
        word ? value.raw().toString() : "",
        "option '" + option.key() + "' must be " + wanted,
        "write " + wanted + (wanted.equals("text") ? " in quotes" : " without quotes"));
  }

  private void warnOfUnknown() {
    TreeSet<String> keys = new TreeSet<>();
    TreeSet<String> names = new TreeSet<>(FutureOptions.names());
    names.add(API_LISTEN);
    names.add(CACHE_LOCATION);
    names.addAll(OLD_NAMES.values());
    names.add(ASSET_LOCATION);
    keys.add(CACHE_KEY);
    keys.add(ASSET_KEY);
    for (Option<?> option : EngineOptions.all()) {
      names.add(option.env());
      keys.add(option.key());
    }
    draft.env.forEach(
        (name, text) -> {
          if (!names.contains(name)) {
            problems.warning(
                text.source(),
                name,
                "no option is called " + name + ", setting it has no effect",
                () -> Names.suggest(name, names));
          }
        });
    draft.options.forEach(
        (key, value) -> {
          String future = FutureOptions.ofKey(key);
          if (future != null) {
            noEffect(draft.key(key), future, String.valueOf(value.raw()), value.source());
          } else if (!keys.contains(key)) {
            problems.warning(
                value.source(),
                key,
                "unknown option '" + key + "'",
                () -> Names.suggest(key, keys));
          }
        });
    for (String name : FutureOptions.names()) {
      Draft.Text text = environment(name);
      if (text != null) {
        noEffect(name, name, text.value(), text.source());
      }
    }
  }

  private void noEffect(String spelling, String name, String value, Source source) {
    if (FutureOptions.asks(name, value)) {
      problems.warning(source, value, "'" + spelling + "' has no effect yet", "remove it");
    }
  }
}
