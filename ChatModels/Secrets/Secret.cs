namespace ChatModels.Secrets;

/// <summary>A named secret whose current value can be read at any time, without a lookup.</summary>
/// <remarks>Safe for any number of threads. It follows its source: a rotated key is seen by the next read. Its text form is the name, never the value.</remarks>
public sealed class Secret(string name, string? value)
{
    private volatile string? _value = value;

    /// <summary>The name by which it is looked up.</summary>
    public string Name { get; } = name;

    /// <summary>The value now; null while no source has one.</summary>
    public string? Value { get => _value; internal set => _value = value; }

    /// <inheritdoc/>
    public override string ToString() => $"secret '{Name}'";
}
