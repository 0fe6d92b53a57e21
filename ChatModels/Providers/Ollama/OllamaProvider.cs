using System.Text.Json;
using ChatModels.Providers.OpenAI;

namespace ChatModels.Providers.Ollama;

/// <summary>A live connection to one Ollama server.</summary>
internal sealed class OllamaProvider(OpenAIProvider compatible, Uri tags) : IChatProvider
{
    private const int MaxList = 1024 * 1024;

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => compatible.SendAsync(request, cancellationToken);

    public async ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken)
    {
        var health = await compatible.CheckHealthAsync(cancellationToken);
        return health.Healthy ? health with { Models = await ModelsAsync(cancellationToken) } : health;
    }

    public ValueTask DisposeAsync() => compatible.DisposeAsync();

    // What is listed is extra: a server that answers its version is healthy, whatever becomes of its list.
    private async ValueTask<IReadOnlyList<string>?> ModelsAsync(CancellationToken cancellationToken)
    {
        var list = await compatible.TryGetAsync(tags, MaxList, cancellationToken);
        try
        {
            return list is null ? null : Names(list);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string[]? Names(byte[] list)
    {
        using var document = JsonDocument.Parse(list);
        return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("models", out var models) && models.ValueKind is JsonValueKind.Array
            ? [.. models.EnumerateArray().Select(Name).OfType<string>()]
            : null;
    }

    private static string? Name(JsonElement model) =>
        model.ValueKind is JsonValueKind.Object && model.TryGetProperty("name", out var name) && OptionValue.TryRead(name, out string text) ? text : null;
}
