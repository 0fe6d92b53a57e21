using System.Text.Json;

namespace ChatModels.Providers;

/// <summary>Holds what a provider is to be created from against its type's metadata, and finds every mistake at once.</summary>
internal static class ProviderOptionsCheck
{
    // A map of maps is as deep as its description; this only bounds a description that contains itself.
    private const int MaxDepth = 16;

    public static IReadOnlyList<ValidationIssue> Run(ProviderMetadata type, ProviderOptions options)
    {
        var issues = new List<ValidationIssue>();
        CheckUse("endpoint", type.Endpoint, options.Endpoint is not null, type, issues);
        CheckUse("apiKey", type.ApiKey, options.ApiKey is not null, type, issues);
        if (options.Endpoint is { } endpoint && type.Endpoint is not FieldUse.Refused && ProviderEndpoint.Mistake(endpoint) is { } mistake)
        {
            issues.Add(new("$.endpoint", mistake));
        }

        ProviderHeaders.Check(options.Headers, issues);
        CheckFields("$.options", type.Options, options.Values, issues, 0);
        return issues;
    }

    private static void CheckUse(string field, FieldUse use, bool given, ProviderMetadata type, List<ValidationIssue> issues)
    {
        if (use is FieldUse.Required && !given)
        {
            issues.Add(new($"$.{field}", $"Type '{type.Name}' needs it; give one."));
        }
        else if (use is FieldUse.Refused && given)
        {
            issues.Add(new($"$.{field}", $"Type '{type.Name}' takes none; leave it out."));
        }
    }

    private static void CheckFields(
        string path, IReadOnlyList<OptionSpec> specs, IReadOnlyDictionary<string, JsonElement> values, List<ValidationIssue> issues, int depth)
    {
        foreach (var name in values.Keys.Where(name => !specs.Any(spec => spec.Name == name)).Order(StringComparer.Ordinal))
        {
            var known = specs.Count == 0 ? "There are none." : $"There are: {string.Join(", ", specs.Select(spec => spec.Name))}.";
            issues.Add(new(OptionPath.Of(path, name), $"No such option. {known}"));
        }

        foreach (var spec in specs)
        {
            var at = OptionPath.Of(path, spec.Name);
            if (values.TryGetValue(spec.Name, out var json))
            {
                CheckField(at, spec, json, issues, depth);
            }
            else if (spec.Required)
            {
                issues.Add(new(at, $"It is required: {spec.Description}"));
            }
        }
    }

    private static void CheckField(string path, OptionSpec spec, JsonElement json, List<ValidationIssue> issues, int depth)
    {
        if (spec.Kind is OptionKind.Map)
        {
            CheckMap(path, spec, json, issues, depth + 1);
        }
        else if (OptionCheck.Mistake(spec, json) is { } mistake)
        {
            issues.Add(new(path, mistake));
        }
    }

    private static void CheckMap(string path, OptionSpec spec, JsonElement json, List<ValidationIssue> issues, int depth)
    {
        if (json.ValueKind is not JsonValueKind.Object || depth > MaxDepth)
        {
            issues.Add(new(path, "Give an object whose values are objects."));
            return;
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in json.EnumerateObject())
        {
            if (!OptionPath.TryName(entry, out var key) || !keys.Add(key))
            {
                issues.Add(new(path, "A key stands twice or is not readable text; keep one."));
            }
            else if (entry.Value.ValueKind is not JsonValueKind.Object)
            {
                issues.Add(new(OptionPath.Of(path, key), "Give an object."));
            }
            else if (OptionPath.TryFields(entry.Value, out var fields))
            {
                CheckFields(OptionPath.Of(path, key), spec.Entries, fields, issues, depth);
            }
            else
            {
                issues.Add(new(OptionPath.Of(path, key), "A key stands twice or is not readable text; keep one."));
            }
        }
    }
}
