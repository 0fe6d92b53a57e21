using ChatModels.Registry.Validation;

namespace ChatModels.Registry.Snapshots;

/// <summary>Every name that a request can ask for. Immutable once built; the next one is built from it by what has changed.</summary>
/// <remarks>
/// A model's own name comes before any alias, and of two equal aliases the one of the ordinally first model counts: validation lets neither
/// happen, but an older writer may not have been able to read a newer model's aliases, and every process must then choose alike.
/// </remarks>
internal sealed class NameIndex
{
    private readonly int _claims;

    private NameIndex(NameTable exact, NameTable wild, int claims) =>
        (Exact, Wild, _claims) = (exact, wild, claims);

    public static NameIndex Empty { get; } = new(new(0, 0), new(0, 0), 0);

    /// <summary>Names and aliases.</summary>
    public NameTable Exact { get; }

    /// <summary>Wildcards by what stands before the <c>/*</c>.</summary>
    public NameTable Wild { get; }

    // Then nobody was refused a name, and who gives one up leaves nobody behind who would get it.
    private bool IsUncontested => _claims == Exact.Count + Wild.Count;

    public static NameIndex Of(Dictionary<string, ModelEntry> models)
    {
        var claims = models.Values.Sum(Claims);
        var characters = models.Values.Sum(model => model.Id.Length + model.Config.Aliases.Sum(alias => alias?.Length ?? 0));
        var index = new NameIndex(new(claims, characters), new(0, 0), claims);
        foreach (var model in models.Values)
        {
            index.TryClaim(model.Id, model);
        }

        foreach (var model in models.Values)
        {
            for (var i = 0; i < model.Config.Aliases.Count; i++)
            {
                index.ClaimAlias(model.Config.Aliases[i], model);
            }
        }

        return index;
    }

    /// <summary>The names once some models have changed, from those before: a copy costs a tenth of building them anew.</summary>
    public static NameIndex After(NameIndex before, Dictionary<string, ModelEntry> old, Dictionary<string, ModelEntry> now, IReadOnlyCollection<string> changed)
    {
        if (changed.Count == 0)
        {
            return before;
        }

        if (!before.IsUncontested || changed.Count > now.Count)
        {
            return Of(now);
        }

        var claims = changed.Sum(id => Claims(now.GetValueOrDefault(id)) - Claims(old.GetValueOrDefault(id)));
        var next = new NameIndex(new(before.Exact), new(before.Wild), before._claims + claims);
        return next.TryReplace(old, now, changed) ? next : Of(now);
    }

    public ModelEntry? Owner(string name)
    {
        _ = EntityNames.LooksWild(name) ? Wild.TryGet(name.AsSpan()[..^2], out var owner) : Exact.TryGet(name, out owner);
        return owner;
    }

    private static int Claims(ModelEntry? model) => model is null ? 0 : 1 + model.Config.Aliases.Count;

    private static bool HasTheSameNames(ModelEntry one, ModelEntry other) =>
        ReferenceEquals(one.Config, other.Config) || one.Config.Aliases.SequenceEqual(other.Config.Aliases, StringComparer.Ordinal);

    // First everyone gives up what he had, then everyone takes what he wants: a name may go from one to another.
    private bool TryReplace(Dictionary<string, ModelEntry> old, Dictionary<string, ModelEntry> now, IReadOnlyCollection<string> changed)
    {
        List<ModelEntry> renamed = [];
        foreach (var id in changed)
        {
            var (was, becomes) = (old.GetValueOrDefault(id), now.GetValueOrDefault(id));
            if (was is not null && becomes is not null && HasTheSameNames(was, becomes))
            {
                ForEachName(becomes, name => Set(name, becomes));
                continue;
            }

            ForEachName(was, Remove);
            if (becomes is not null)
            {
                renamed.Add(becomes);
            }
        }

        return renamed.TrueForAll(model => TryClaim(model.Id, model) && model.Config.Aliases.All(alias => alias is not null && TryClaim(alias, model)));
    }

    private static void ForEachName(ModelEntry? model, Action<string> each)
    {
        if (model is null)
        {
            return;
        }

        each(model.Id);
        for (var i = 0; i < model.Config.Aliases.Count; i++)
        {
            each(model.Config.Aliases[i]);
        }
    }

    private void ClaimAlias(string? alias, ModelEntry model)
    {
        if (alias is null || TryClaim(alias, model))
        {
            return;
        }

        var owner = Owner(alias)!;
        if (owner.Id != alias && string.CompareOrdinal(model.Id, owner.Id) < 0)
        {
            Set(alias, model);
        }
    }

    private bool TryClaim(string name, ModelEntry model) => EntityNames.LooksWild(name) ? Wild.TryAdd(name[..^2], model) : Exact.TryAdd(name, model);

    private void Set(string name, ModelEntry model)
    {
        if (EntityNames.LooksWild(name))
        {
            Wild.Set(name[..^2], model);
        }
        else
        {
            Exact.Set(name, model);
        }
    }

    private void Remove(string name)
    {
        if (EntityNames.LooksWild(name))
        {
            Wild.Remove(name[..^2]);
        }
        else
        {
            Exact.Remove(name);
        }
    }
}
