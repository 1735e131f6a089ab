package dev.orthant.core.finetune;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What {@code orthant.json} says of an adapter folder beyond what PEFT's files say.
 *
 * @param task the task it was trained on
 * @param labels the names of the classes, by index; empty for a regression
 * @param metric the metric it was chosen by
 * @param head the kind of head in head.safetensors
 * @param baseFingerprint of the base model
 * @param maxLength texts were cut to so many tokens
 * @param provenance everything that the result depends on: the configurations of the adapter, the
 *     constraint, the training and the task, and the seed
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AdapterDescription(
    @JsonProperty(required = true) String task,
    List<String> labels,
    String metric,
    @JsonProperty(required = true) String head,
    @JsonProperty(required = true) String baseFingerprint,
    int maxLength,
    ObjectNode provenance) {}
