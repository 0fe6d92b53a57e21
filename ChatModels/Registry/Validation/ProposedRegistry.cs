using ChatModels.Registry.Stores;
using ChatModels.Registry.Writing;

namespace ChatModels.Registry.Validation;

/// <summary>The registry as it would be after a change: what references are checked against.</summary>
internal sealed class ProposedRegistry
{
    private readonly RegistrySnapshot _snapshot;
    private readonly Dictionary<string, EntityChange> _providers;
    private readonly Dictionary<string, EntityChange> _models;
    private readonly ILookup<string, string> _changedNames;

    public ProposedRegistry(RegistrySnapshot snapshot, RegistryChange change)
    {
        _snapshot = snapshot;
        _providers = ById(change, EntityKind.Provider);
        _models = ById(change, EntityKind.Model);
        _changedNames = _models.Values.Where(m => m.Model is not null)
            .SelectMany(m => m.Model!.Aliases.OfType<string>().Append(m.Id).Distinct(StringComparer.Ordinal).Select(name => (name, m.Id)))
            .ToLookup(pair => pair.name, pair => pair.Id, StringComparer.Ordinal);
    }

    /// <summary>The models that the change leaves alone.</summary>
    /// <remarks>Found once: a change that prunes asks for every entity that it deletes.</remarks>
    public IReadOnlyList<ModelEntry> UntouchedModels => field ??= [.. _snapshot.ModelTable.Values.Where(m => !_models.ContainsKey(m.Id))];

    public bool HasProvider(string id) => _providers.TryGetValue(id, out var change) ? !change.IsDelete : _snapshot.ProviderTable.ContainsKey(id);

    public bool HasModel(string id) => _models.TryGetValue(id, out var change) ? !change.IsDelete : _snapshot.ModelTable.ContainsKey(id);

    /// <summary>The model other than <paramref name="self"/> that answers to a name, by its own name or an alias; null where nobody does.</summary>
    public string? OtherOwner(string name, string self)
    {
        if (_changedNames[name].FirstOrDefault(id => id != self) is { } changed)
        {
            return changed;
        }

        var owner = _snapshot.ModelTable.GetValueOrDefault(name) ?? _snapshot.Names.Owner(name);
        return owner is null || owner.Id == self || _models.ContainsKey(owner.Id) ? null : owner.Id;
    }

    private static Dictionary<string, EntityChange> ById(RegistryChange change, EntityKind kind) =>
        change.Entities.Where(e => e.Kind == kind).ToDictionary(e => e.Id, StringComparer.Ordinal);
}
