package com.github.shiroedev2024.leaf.it.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values for the names in scenario files, such as <code>${server}</code>. */
final class Templates {
  private static final Pattern NAME = Pattern.compile("\\$\\{([a-z0-9-]+)}");

  private final Map<String, String> values = new HashMap<>();

  Templates with(String name, Object value) {
    values.put(name, value.toString());
    return this;
  }

  /** A certificate under this name, in all the ways to write it down. */
  Templates with(String name, Certificates certificates) throws IOException {
    String pem = Files.readString(certificates.certificate());
    return with(name, certificates.certificate())
        .with(name + "-key", certificates.key())
        .with(name + "-digest", certificates.digest())
        .with(name + "-pem", pem.strip())
        .with(name + "-pem-in-json", pem.replace("\n", "\\n"));
  }

  /** A file's text with everything filled in. */
  String filled(Path file) throws IOException {
    return filled(Files.readString(file));
  }

  /** A text with everything filled in. */
  String filled(String template) {
    Set<String> unknown = new TreeSet<>();
    String text =
        NAME.matcher(template)
            .replaceAll(
                match -> {
                  String value = values.get(match.group(1));
                  if (value == null) {
                    unknown.add(match.group(1));
                  }
                  return Matcher.quoteReplacement(String.valueOf(value));
                });
    assertThat(unknown).as("names that mean nothing").isEmpty();
    return text;
  }
}
