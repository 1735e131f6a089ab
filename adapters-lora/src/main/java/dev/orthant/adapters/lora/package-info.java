@NullMarked
package dev.orthant.adapters.lora;

import org.jspecify.annotations.NullMarked;
