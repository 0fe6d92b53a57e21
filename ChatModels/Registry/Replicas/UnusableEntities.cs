namespace ChatModels.Registry.Replicas;

/// <summary>Lists what a process can't use.</summary>
internal static class UnusableEntities
{
    public static IReadOnlyList<string> List(RegistrySnapshot snapshot, int most)
    {
        string[] all =
        [
            .. snapshot.ProviderTable.Values.Where(p => p.Unusable is not null).OrderBy(p => p.Id, StringComparer.Ordinal).Select(p => $"provider {p.Id}: {p.Unusable}"),
            .. snapshot.ModelTable.Values.Where(m => m.Unusable is not null).OrderBy(m => m.Id, StringComparer.Ordinal).Select(m => $"model {m.Id}: {m.Unusable}"),
        ];
        return all.Length <= most ? all : [.. all.Take(most), $"and {all.Length - most} more"];
    }
}
