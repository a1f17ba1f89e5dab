package com.github.shiroedev2024.leaf.engine.registry;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** One setting of a type that is not built yet: enough to tell whether a value could be right. */
record Field(Kind kind, Key key) {
  /** What a value must look like. */
  enum Kind {
    TEXT,
    REQUIRED_TEXT,
    PORT,
    REQUIRED_PORT,
    TEXTS,
    REQUIRED_TEXTS,
    TEXT_MAP,
    OBJECTS
  }

  static Field of(Kind kind, String name, String fallback, String meaning) {
    return new Field(kind, new Key(name, fallback, meaning));
  }

  static List<Key> keys(List<Field> fields) {
    return fields.stream().map(Field::key).toList();
  }

  /** Reports what does not fit, by reading the value as what it must be. */
  void check(Settings settings) {
    String name = key.name();
    switch (kind) {
      case TEXT -> settings.string(name);
      case REQUIRED_TEXT -> settings.required(name);
      case PORT -> settings.number(name, 0, 1, 65535);
      case REQUIRED_PORT -> settings.requiredPort(name);
      case TEXTS -> settings.strings(name);
      case REQUIRED_TEXTS -> {
        if (settings.strings(name).isEmpty()) {
          settings.error(name, "'" + name + "' is missing or empty", "name at least one");
        }
      }
      case TEXT_MAP -> settings.stringMap(name);
      case OBJECTS -> settings.objects(name);
    }
  }
}
