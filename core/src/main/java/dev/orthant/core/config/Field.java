package dev.orthant.core.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record component as a key of a configuration.
 *
 * @param component the component
 * @param key its key
 */
record Field(RecordComponent component, String key) {

  static Field of(RecordComponent component) {
    return new Field(component, KeyNames.key(component.getName()));
  }

  Type type() {
    return component.getGenericType();
  }

  Class<?> rawType() {
    return component.getType();
  }

  boolean isNullable() {
    return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  boolean isRemaining() {
    return component.isAnnotationPresent(Remaining.class);
  }

  /** Whether its key must be there where no defaults are given. */
  boolean isRequired() {
    boolean hasOwnDefaults =
        rawType().isRecord() && RecordType.of(rawType()).staticDefaults() != null;
    return writtenDefault().isEmpty()
        && rawType() != Optional.class
        && !isNullable()
        && !hasOwnDefaults;
  }

  Optional<String> writtenDefault() {
    return Optional.ofNullable(component.getAnnotation(Default.class)).map(Default::value);
  }

  @Nullable Object valueIn(Object owner) {
    Method accessor = component.getAccessor();
    accessor.setAccessible(true);
    try {
      return accessor.invoke(owner);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + accessor, e);
    }
  }

  /** The class of a type that may have arguments. */
  static Class<?> raw(Type type) {
    if (type instanceof Class<?> plain) {
      return plain;
    }
    if (type instanceof ParameterizedType generic) {
      return (Class<?>) generic.getRawType();
    }
    throw new IllegalStateException(type + " is not a type that a configuration can have");
  }

  /** An argument of a generic type. */
  static Type argument(Type type, int index) {
    if (type instanceof ParameterizedType generic) {
      return generic.getActualTypeArguments()[index];
    }
    throw new IllegalStateException(type + " needs its type argument to be configured");
  }
}
