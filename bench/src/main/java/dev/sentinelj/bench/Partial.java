package dev.sentinelj.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A port of which only what is needed on one way is there. Calls go by reflection, once per batch
 * and not per sample, so that a benchmark is not touched when a port grows.
 */
final class Partial {
  private Partial() {}

  /** {@code port} answered by the methods of {@code target} of the same name and parameters. */
  static <T> T of(Class<T> port, Object target) {
    Map<Method, Method> answers = answers(port, target.getClass());
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (_, method, arguments) -> {
              Method answer = answers.get(method);
              if (answer == null) {
                throw new IllegalStateException("the benchmark does not answer " + method);
              }
              try {
                return answer.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            }));
  }

  private static Map<Method, Method> answers(Class<?> port, Class<?> target) {
    Map<Method, Method> answers = new HashMap<>();
    for (Method answer : target.getDeclaredMethods()) {
      Arrays.stream(port.getMethods())
          .filter(asked ->
              asked.getName().equals(answer.getName())
                  && Arrays.equals(asked.getParameterTypes(), answer.getParameterTypes()))
          .forEach(asked -> answers.put(asked, answer));
    }
    return answers;
  }
}
