package com.github.shiroedev2024.leaf.runtime.prefs;

import com.github.shiroedev2024.leaf.engine.spi.Selections;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * Remembers which member was picked in each select group, in the file {@code selector.cache} of a
 * folder, which all configurations share. The file is read when the store is made; each change is
 * written soon after by a virtual thread, whole and then moved into place, so that the file is
 * always one or the other state. Changes that come while it writes are written together.
 *
 * <p>A file that cannot be read is put aside as {@code selector.cache.bad}. A file that cannot be
 * written costs a warning; the next change tries again.
 */
public final class SelectionStore implements Selections, AutoCloseable {
  static final String FILE = "selector.cache";

  /** Groups of configurations long gone are forgotten, the oldest choice first. */
  static final int MAX_GROUPS = 10_000;

  private static final long MAX_BYTES = 16L << 20;

  private final Path file;
  private final Logger log;
  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();

  // guarded by lock
  private final LinkedHashMap<String, String> selections = new LinkedHashMap<>();
  private boolean dirty;
  private boolean writerRuns;

  /**
   * @param folder made when the first choice is written
   */
  public SelectionStore(Path folder, ILoggerFactory logs) {
    this.file = folder.resolve(FILE);
    this.log = logs.getLogger("leaf.selections");
    load();
  }

  private void load() {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException("too large");
      }
      selections.putAll(SelectionCodec.read(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      log.debug("no selections remembered yet in {}", file);
    } catch (IOException e) {
      log.warn("cannot read the remembered selections: {}", e.toString());
    } catch (IllegalArgumentException e) {
      Path aside = file.resolveSibling(FILE + ".bad");
      log.warn(
          "{} is damaged ({}); kept as {}, all select groups begin afresh",
          file,
          e.getMessage(),
          aside.getFileName());
      try {
        Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException copying) {
        log.warn("cannot keep a copy of it: {}", copying.toString());
      }
    }
  }

  @Override
  public @Nullable String selected(String group) {
    lock.lock();
    try {
      return selections.get(group);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void select(String group, String member) {
    lock.lock();
    try {
      if (member.equals(selections.get(group))) {
        return;
      }
      selections.remove(group); // so that the newest choice is the last in the map
      selections.put(group, member);
      if (selections.size() > MAX_GROUPS) {
        selections.pollFirstEntry();
      }
      dirty = true;
      if (!writerRuns) {
        writerRuns = true;
        Thread.ofVirtual().name("leaf-selections").start(this::writeWhileDirty);
      }
    } finally {
      lock.unlock();
    }
  }

  private void writeWhileDirty() {
    while (true) {
      lock.lock();
      try {
        if (!dirty) {
          writerRuns = false;
          return;
        }
      } finally {
        lock.unlock();
      }
      flush();
    }
  }

  /** Writes what is not written yet; blocks for that long. The store stays usable. */
  @Override
  public void close() {
    flush();
  }

  private void flush() {
    writing.lock();
    try {
      byte[] bytes;
      lock.lock();
      try {
        if (!dirty) {
          return;
        }
        dirty = false;
        bytes = SelectionCodec.write(new LinkedHashMap<>(selections));
      } finally {
        lock.unlock();
      }
      try {
        write(bytes);
      } catch (IOException e) {
        log.warn("cannot remember the selections: {}", e.toString());
      }
    } finally {
      writing.unlock();
    }
  }

  private void write(byte[] bytes) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path fresh = Files.createTempFile(folder, FILE, ".new");
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer content = ByteBuffer.wrap(bytes);
        while (content.hasRemaining()) {
          channel.write(content);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
