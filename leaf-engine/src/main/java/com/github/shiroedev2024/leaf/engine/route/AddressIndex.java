package com.github.shiroedev2024.leaf.engine.route;

import com.github.shiroedev2024.leaf.engine.net.Cidr;
import java.util.Arrays;

/** Finds the first rule with a block that an address lies in: one binary trie for each family. */
final class AddressIndex {
  private static final class Trie {
    // Node n has its children at 2n and 2n + 1 (0: none) and its rule at n.
    private int[] children = new int[32];
    private int[] rules = new int[16];
    private int size = 1;

    Trie() {
      rules[0] = DomainIndex.NONE;
    }

    void add(byte[] network, int prefix, int rule) {
      int node = 0;
      for (int i = 0; i < prefix; i++) {
        int child = 2 * node + bit(network, i);
        if (children[child] == 0) {
          int made = node(); // may replace the array, so it is made before it is put there
          children[child] = made;
        }
        node = children[child];
      }
      rules[node] = Math.min(rules[node], rule);
    }

    private int node() {
      if (size == rules.length) {
        rules = Arrays.copyOf(rules, size * 2);
        children = Arrays.copyOf(children, size * 4);
      }
      rules[size] = DomainIndex.NONE;
      return size++;
    }

    int first(byte[] address) {
      int best = rules[0];
      int node = 0;
      for (int i = 0; i < address.length * 8; i++) {
        node = children[2 * node + bit(address, i)];
        if (node == 0) {
          break;
        }
        best = Math.min(best, rules[node]);
      }
      return best;
    }

    private static int bit(byte[] bytes, int i) {
      return (bytes[i >> 3] >> (7 - (i & 7))) & 1;
    }
  }

  private final Trie four = new Trie();
  private final Trie six = new Trie();

  void add(Cidr block, int rule) {
    byte[] network = block.network();
    (network.length == 4 ? four : six).add(network, block.prefix(), rule);
  }

  /** The lowest number of a rule that fits, or {@link DomainIndex#NONE}. */
  int first(byte[] address) {
    return (address.length == 4 ? four : six).first(address);
  }
}
