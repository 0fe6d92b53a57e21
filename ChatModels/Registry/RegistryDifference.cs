using System.Text.Json;

namespace ChatModels.Registry;

/// <summary>What would change, by id, ordered.</summary>
internal sealed record RegistryDifference(
    RegistryHead? From, RegistryHead? To,
    IReadOnlyList<string> AddedProviders, IReadOnlyList<string> ChangedProviders, IReadOnlyList<string> RemovedProviders,
    IReadOnlyList<string> AddedModels, IReadOnlyList<string> ChangedModels, IReadOnlyList<string> RemovedModels)
{
    public static RegistryDifference Between(RegistrySnapshot one, RegistrySnapshot other) => new(
        one.Head,
        other.Head,
        Missing(other.ProviderTable, one.ProviderTable),
        Changed(one.ProviderTable, other.ProviderTable, e => JsonSerializer.SerializeToUtf8Bytes(e.Config, RegistryJson.Default.ProviderConfig)),
        Missing(one.ProviderTable, other.ProviderTable),
        Missing(other.ModelTable, one.ModelTable),
        Changed(one.ModelTable, other.ModelTable, e => JsonSerializer.SerializeToUtf8Bytes(e.Config, RegistryJson.Default.ModelConfig)),
        Missing(one.ModelTable, other.ModelTable));

    private static string[] Missing<T>(Dictionary<string, T> from, Dictionary<string, T> inTable) =>
        [.. from.Keys.Where(id => !inTable.ContainsKey(id)).Order(StringComparer.Ordinal)];

    private static string[] Changed<T>(Dictionary<string, T> one, Dictionary<string, T> other, Func<T, byte[]> json)
        where T : class =>
        [.. one.Where(e => other.TryGetValue(e.Key, out var now) && now != e.Value && !json(now).AsSpan().SequenceEqual(json(e.Value))).Select(e => e.Key).Order(StringComparer.Ordinal)];
}
