using System.Text.Json;
using ChatModels.Secrets;

namespace ChatModels.Providers;

/// <summary>What a provider is created from.</summary>
public sealed record ProviderOptions
{
    /// <summary>The provider's id; telemetry and errors name it.</summary>
    public required string Id { get; init; }

    /// <summary>The base address; null where the type's own is meant.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The API key, read anew for every request.</summary>
    public Secret? ApiKey { get; init; }

    /// <summary>Headers sent with every request; a secret one is read anew each time.</summary>
    public IReadOnlyDictionary<string, HeaderSource> Headers { get; init; } = new Dictionary<string, HeaderSource>();

    /// <summary>Whether the trace context goes upstream.</summary>
    public bool PropagateTrace { get; init; }

    /// <summary>What only the type knows, as its metadata describes it; read it through <see cref="ProviderOptionReading"/>.</summary>
    public IReadOnlyDictionary<string, JsonElement> Values { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>Where a header's value comes from; exactly one of the two is set.</summary>
/// <param name="Literal">The value as it stands.</param>
/// <param name="Secret">The secret that holds it.</param>
public sealed record HeaderSource(string? Literal, Secret? Secret)
{
    /// <summary>The value to send now; null while the secret has none.</summary>
    public string? Value => Literal ?? Secret?.Value;

    /// <summary>Which of the two it is; never the value.</summary>
    public override string ToString() => Secret?.ToString() ?? "a literal";
}
