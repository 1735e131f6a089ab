package dev.orthant.core.wiring;

import jakarta.inject.Qualifier;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Marks what discovery found, as opposed to what the application binds. */
@Qualifier
@Retention(RetentionPolicy.RUNTIME)
@interface Discovered {}
