package com.github.shiroedev2024.leaf.runtime.prefs;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The file that preferences live in. A reader sees the old content or the new, never half of one:
 * each write goes to a file beside it, which is forced to the disk and renamed over. Fields that
 * this version does not know are kept as they are. Thread-safe within one process; one process at a
 * time owns a home.
 */
public final class PreferencesFile {
  private final Path file;
  private final Consumer<String> warnings;

  /**
   * Touches nothing yet.
   *
   * @param warnings is told, in one line each, what in the file could not be used
   */
  public PreferencesFile(Path file, Consumer<String> warnings) {
    this.file = file;
    this.warnings = warnings;
  }

  public Path path() {
    return file;
  }

  /**
   * Reads the file; the defaults when there is none. A file that is not a JSON object is kept as
   * {@code ….bad} and the defaults hold; a single field that cannot be used keeps its default.
   */
  public synchronized LeafPreferences load() throws IOException {
    LeafPreferences prefs = LeafPreferences.defaults();
    for (Map.Entry<String, JsonElement> field : object().entrySet()) {
      JsonObject one = new JsonObject();
      one.add(field.getKey(), field.getValue());
      try {
        prefs = PreferencesJson.overlay(prefs, one);
      } catch (IllegalArgumentException e) {
        warnings.accept(file + ": " + e.getMessage() + "; the default is used");
      }
    }
    return prefs;
  }

  /**
   * Lays the fields of an object over the preferences and writes them.
   *
   * @return the preferences now in the file
   * @throws IllegalArgumentException names the field that cannot be used; nothing is written then
   */
  public synchronized LeafPreferences update(JsonObject changes) throws IOException {
    LeafPreferences next = PreferencesJson.overlay(load(), changes);
    save(next);
    return next;
  }

  /** Writes the preferences, keeping the fields of the file that this version does not know. */
  public synchronized void save(LeafPreferences prefs) throws IOException {
    JsonObject all = object();
    PreferencesJson.write(prefs)
        .entrySet()
        .forEach(field -> all.add(field.getKey(), field.getValue()));
    String text =
        new GsonBuilder()
                .setPrettyPrinting()
                .serializeNulls()
                .disableHtmlEscaping()
                .create()
                .toJson(all)
            + "\n";
    replace(text.getBytes(StandardCharsets.UTF_8));
  }

  private JsonObject object() throws IOException {
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return new JsonObject();
    }
    try {
      if (JsonParser.parseString(text) instanceof JsonObject object) {
        return object;
      }
      setAside("it is not a JSON object");
    } catch (JsonParseException e) {
      setAside("it is not JSON");
    }
    return new JsonObject();
  }

  private void setAside(String why) throws IOException {
    Path kept = file.resolveSibling(file.getFileName() + ".bad");
    Files.move(file, kept, StandardCopyOption.REPLACE_EXISTING);
    warnings.accept(file + ": " + why + "; kept as " + kept + ", the defaults are used");
  }

  private void replace(byte[] content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new FileSystemException(file.toString(), null, "has no folder");
    }
    Files.createDirectories(folder);
    boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Path temporary = Files.createTempFile(folder, file.getFileName() + ".", ".tmp", ownerOnly);
    try {
      try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    if (posix) {
      // the rename itself lasts only once the folder is on the disk
      try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
        entries.force(true);
      }
    }
  }
}
