package dev.orthant.core.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What reflection tells about a record.
 *
 * @param type the record
 * @param fields its components, in order
 */
record RecordType(Class<?> type, List<Field> fields) {

  static RecordType of(Class<?> type) {
    return new RecordType(type, Arrays.stream(type.getRecordComponents()).map(Field::of).toList());
  }

  /** The keys it knows, in order. */
  List<String> keys() {
    return fields.stream().filter(field -> !field.isRemaining()).map(Field::key).toList();
  }

  boolean takesRemaining() {
    return fields.stream().anyMatch(Field::isRemaining);
  }

  /** What its static method {@code defaults()} gives, or null if it has none. */
  @Nullable Object staticDefaults() {
    try {
      Method method = type.getDeclaredMethod("defaults");
      if (!Modifier.isStatic(method.getModifiers()) || method.getReturnType() != type) {
        return null;
      }
      method.setAccessible(true);
      return method.invoke(null);
    } catch (NoSuchMethodException e) {
      return null;
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot call defaults() of " + type.getName(), e);
    }
  }

  /** Calls the canonical constructor; what it throws comes out as it is. */
  Object construct(@Nullable Object[] values) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException("cannot construct " + type.getName(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot construct " + type.getName(), e);
    }
  }

  /** The component that a message begins with, by name or key; -1 if it begins otherwise. */
  int indexNamedBy(String message) {
    String key = KeyNames.key(message.split("[^A-Za-z0-9_]", 2)[0]);
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).key().equals(key)) {
        return i;
      }
    }
    return -1;
  }
}
