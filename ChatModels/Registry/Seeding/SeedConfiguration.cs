using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatModels.Registry.Wire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Seeding;

/// <summary>Reads <c>ChatModels:Seed:Providers</c> and <c>:Models</c>: lists whose entries have an <c>Id</c>, or objects whose keys are the ids.</summary>
internal sealed class SeedConfiguration(IConfiguration configuration) : IConfigureOptions<RegistrySeed>
{
    public void Configure(RegistrySeed options)
    {
        var section = configuration.GetSection("ChatModels:Seed");
        foreach (var child in section.GetChildren())
        {
            switch (child.Key.ToUpperInvariant())
            {
                case "PROVIDERS":
                    Read(child, "providers", StoreJson.Default.ProviderConfig, options.Providers, options);
                    break;
                case "MODELS":
                    Read(child, "models", StoreJson.Default.ModelConfig, options.Models, options);
                    break;
                default:
                    options.Mistakes.Add(new ValidationIssue(child.Path, "There is no such setting; there are: Providers, Models."));
                    break;
            }
        }
    }

    private static void Read<T>(IConfigurationSection section, string collection, JsonTypeInfo<T> type, Dictionary<string, T> target, RegistrySeed seed)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var child in section.GetChildren())
        {
            var id = child["Id"] ?? (int.TryParse(child.Key, out _) ? null : child.Key);
            if (string.IsNullOrEmpty(id))
            {
                seed.Mistakes.Add(new ValidationIssue($"{child.Path}:Id", "Give the name here."));
            }
            else if (!seen.Add(id))
            {
                seed.Mistakes.Add(new ValidationIssue(child.Path, $"'{id}' is given twice; take one away."));
            }
            else
            {
                ReadOne(child, $"{collection}/{id}", id, type, target, seed);
            }
        }
    }

    private static void ReadOne<T>(IConfigurationSection section, string path, string id, JsonTypeInfo<T> type, Dictionary<string, T> target, RegistrySeed seed)
    {
        var mistakesBefore = seed.Mistakes.Count;
        var json = new ConfigurationJson(seed.Keys, seed.Mistakes).Convert(section, type, path, "Id");
        try
        {
            if (json.Deserialize(type) is { } config)
            {
                target[id] = config;
            }
        }
        catch (JsonException mistake)
        {
            // What is already noted is the cause, more often than not.
            if (seed.Mistakes.Count == mistakesBefore)
            {
                seed.Mistakes.Add(new ValidationIssue(SeedKeys.Of(seed, path + mistake.Path?[1..]), Explain(mistake)));
            }
        }
    }

    private static string Explain(JsonException mistake) =>
        mistake.Message.Contains("required", StringComparison.OrdinalIgnoreCase)
            ? $"Something required is missing: {mistake.Message}"
            : "It does not have the form that is expected here.";
}
