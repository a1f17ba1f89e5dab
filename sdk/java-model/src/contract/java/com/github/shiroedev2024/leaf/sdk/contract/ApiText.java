package com.github.shiroedev2024.leaf.sdk.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The public API as text, one line for each class and member, and its comparison with the file that
 * is kept under review. {@code -Dapi.update=true} writes the file anew.
 */
public final class ApiText {
  private ApiText() {}

  /** Compares the classes in a folder with {@code api.txt}. */
  public static void check(Path classes, Path file) throws IOException {
    String now = of(classes);
    if (Boolean.getBoolean("api.update")) {
      Files.write(file, now.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(now)
        .as("the public API differs from %s; run the test with -Dapi.update=true if meant", file)
        .isEqualTo(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
  }

  private static String of(Path classes) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(classes)) {
      files = walk.filter(file -> file.toString().endsWith(".class")).collect(Collectors.toList());
    }
    TreeSet<String> names = new TreeSet<>();
    for (Path file : files) {
      String name = classes.relativize(file).toString();
      names.add(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
    }
    names.removeIf(name -> name.endsWith("-info"));
    StringBuilder out = new StringBuilder();
    for (String name : names) {
      try {
        describe(Class.forName(name, false, ApiText.class.getClassLoader()), out);
      } catch (ClassNotFoundException e) {
        throw new IOException(e);
      }
    }
    return out.toString();
  }

  private static void describe(Class<?> type, StringBuilder out) {
    if (!visible(type.getModifiers())
        || (type.getEnclosingClass() != null
            && !visible(type.getEnclosingClass().getModifiers()))) {
      return;
    }
    out.append(type.toGenericString());
    Type parent = type.getGenericSuperclass();
    if (parent != null && !parent.equals(Object.class)) {
      out.append(" extends ").append(parent.getTypeName());
    }
    if (type.getGenericInterfaces().length > 0) {
      out.append(" implements ")
          .append(
              Arrays.stream(type.getGenericInterfaces())
                  .map(Type::getTypeName)
                  .collect(Collectors.joining(", ")));
    }
    out.append('\n');
    TreeSet<String> members = new TreeSet<>();
    for (Field field : type.getDeclaredFields()) {
      if (visible(field.getModifiers()) && !field.isSynthetic()) {
        members.add(field.toGenericString());
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (visible(constructor.getModifiers()) && !constructor.isSynthetic()) {
        members.add(constructor.toGenericString());
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (visible(method.getModifiers()) && !method.isSynthetic()) {
        members.add(method.toGenericString());
      }
    }
    members.forEach(member -> out.append("  ").append(member).append('\n'));
  }

  private static boolean visible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }
}
