package com.github.shiroedev2024.leaf.it.interop;

import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks programs for their version. */
final class Versions {
  private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)+");

  private Versions() {}

  /** The first dotted number that the program prints. */
  static String of(String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(PeerProgram.require(program).toString()));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher number = NUMBER.matcher(text);
      return number.find() ? number.group() : "unknown";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
