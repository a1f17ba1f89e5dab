package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.registry.Registry;
import java.util.ArrayList;
import java.util.List;

/** Every word that names a type. */
final class Words {
  private Words() {}

  static List<String> inbounds() {
    List<String> words = new ArrayList<>();
    for (var types : List.of(Registry.inbounds(), Registry.inboundsNotYet())) {
      for (var type : types) {
        words.add(type.name());
        words.addAll(type.aliases());
      }
    }
    return words;
  }

  static List<String> outbounds() {
    List<String> words = new ArrayList<>();
    for (var types : List.of(Registry.outbounds(), Registry.outboundsNotYet())) {
      for (var type : types) {
        words.add(type.name());
        words.addAll(type.aliases());
      }
    }
    return words;
  }

  /** The words that stand in {@code [Proxy Group]}. */
  static List<String> groups() {
    List<String> words = new ArrayList<>(List.of("chain"));
    for (var types : List.of(Registry.outbounds(), Registry.outboundsNotYet())) {
      for (var type : types) {
        if (type.isGroup()) {
          words.add(type.name());
          words.addAll(type.aliases());
        }
      }
    }
    return words;
  }
}
