namespace ChatModels.Registry.Seeding;

/// <summary>Finds the configuration key of a mistake.</summary>
internal static class SeedKeys
{
    /// <summary>The key from which the value at a path was read; where it was not given, the key of the nearest thing around it, and the rest.</summary>
    public static string Of(RegistrySeed seed, string path)
    {
        for (var end = path.Length; end > 0; end = path.AsSpan(0, end).LastIndexOfAny('.', '['))
        {
            if (seed.Keys.TryGetValue(path[..end], out var key))
            {
                var rest = path[end..].Replace("]", "", StringComparison.Ordinal).Replace('[', ':').Replace('.', ':').Replace("'", "", StringComparison.Ordinal);
                return key + rest;
            }
        }

        return $"ChatModels:Seed ({path})";
    }
}
