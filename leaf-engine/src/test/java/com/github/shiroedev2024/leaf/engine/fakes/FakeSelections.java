package com.github.shiroedev2024.leaf.engine.fakes;

import com.github.shiroedev2024.leaf.engine.spi.Selections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Selections in memory. */
public final class FakeSelections implements Selections {
  public final Map<String, String> all = new HashMap<>();

  @Override
  public @Nullable String selected(String group) {
    return all.get(group);
  }

  @Override
  public void select(String group, String member) {
    all.put(group, member);
  }
}
