using System.Text.Json.Serialization;

namespace RedisML.Models;

/// <summary>What a model predicts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelTask>))]
public enum ModelTask
{
    /// <summary>A number.</summary>
    Regression,

    /// <summary>One of two classes.</summary>
    Binary,

    /// <summary>One of several classes.</summary>
    Classes,

    /// <summary>A count or a rate, which isn't negative.</summary>
    Counts,

    /// <summary>The next token of a text.</summary>
    NextToken,
}

public static class ModelTasks
{
    /// <summary>Whether it predicts a class, and not a number.</summary>
    public static bool IsClassification(this ModelTask task) => task is ModelTask.Binary or ModelTask.Classes;
}
