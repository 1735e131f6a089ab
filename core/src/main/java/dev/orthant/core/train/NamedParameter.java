package dev.orthant.core.train;

import dev.orthant.core.spi.Parameter;

/**
 * A parameter and its name in the whole model.
 *
 * @param name module path and parameter name, such as {@code
 *     encoder.layer.0.attention.self.query.lora_A}
 * @param parameter the parameter
 */
public record NamedParameter(String name, Parameter parameter) {}
