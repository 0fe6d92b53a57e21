using System.Diagnostics.CodeAnalysis;

namespace ChatModels.Providers;

/// <summary>The provider types at one moment; never changed, only replaced.</summary>
internal sealed class ProviderTypeTable
{
    private readonly Dictionary<string, ProviderTypeEntry> _entries;

    private ProviderTypeTable(Dictionary<string, ProviderTypeEntry> entries)
    {
        _entries = entries;
        Ordered = [.. entries.Values.Select(entry => entry.Metadata).OrderBy(metadata => metadata.Name, StringComparer.Ordinal)];
    }

    public static ProviderTypeTable Empty { get; } = new(new(StringComparer.Ordinal));

    public IReadOnlyList<ProviderMetadata> Ordered { get; }

    public ProviderTypeEntry? Find(string name) => _entries.GetValueOrDefault(name);

    public bool TryAdd(ProviderTypeEntry entry, [NotNullWhen(true)] out ProviderTypeTable? table)
    {
        table = _entries.ContainsKey(entry.Metadata.Name)
            ? null
            : new ProviderTypeTable(new(_entries, StringComparer.Ordinal) { [entry.Metadata.Name] = entry });
        return table is not null;
    }

    public ProviderTypeTable Without(string name)
    {
        var entries = new Dictionary<string, ProviderTypeEntry>(_entries, StringComparer.Ordinal);
        entries.Remove(name);
        return new ProviderTypeTable(entries);
    }
}
