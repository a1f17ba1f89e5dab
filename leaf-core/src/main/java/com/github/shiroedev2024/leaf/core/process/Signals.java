package com.github.shiroedev2024.leaf.core.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system. Java has no public interface for them; the one that every
 * OpenJDK has is reached by reflection, so that the program still runs where it is missing.
 */
public final class Signals {
  private Signals() {}

  /**
   * Runs an action, on a thread of the signal's own, whenever the signal comes.
   *
   * @param name without its prefix, for example {@code HUP}
   * @return whether this system has such a signal
   */
  public static boolean handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler calls =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  action.run();
                  yield null;
                }
                case "equals" ->
                    System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "handler of " + name;
              };
      Object handling =
          Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, calls);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), handling);
      return true;
    } catch (ReflectiveOperationException e) {
      return false; // no such signal here, or the JVM keeps it for itself
    }
  }
}
