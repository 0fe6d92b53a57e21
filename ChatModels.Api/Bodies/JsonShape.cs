using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ChatModels.Api.Bodies;

/// <summary>Holds a JSON document against the contract that it will be read by, and finds every mistake at once, with its path.</summary>
/// <remarks>The serializer alone stops at the first mistake and does not say which fields exist. No message repeats a value: it may be a key in the wrong place.</remarks>
internal sealed class JsonShape(JsonSerializerOptions contracts)
{
    // A body of a million mistakes must not become an answer of a million lines.
    private const int MostIssues = 50;

    private readonly List<ValidationIssue> _issues = [];

    public static IReadOnlyList<ValidationIssue> Check(JsonElement root, JsonTypeInfo contract)
    {
        var shape = new JsonShape(contract.Options);
        shape.CheckValue(root, contract, "$");
        return shape._issues;
    }

    private void CheckValue(JsonElement value, Type type, string path)
    {
        if (JsonLeaf.Of(type) is { } leaf)
        {
            if (!leaf.Fits(value))
            {
                Add(path, $"Give {leaf.Wanted}, not {JsonLeaf.Name(value)}.");
            }

            return;
        }

        CheckValue(value, contracts.GetTypeInfo(type), path);
    }

    private void CheckValue(JsonElement value, JsonTypeInfo contract, string path)
    {
        var isList = contract.Kind is JsonTypeInfoKind.Enumerable;
        if (value.ValueKind != (isList ? JsonValueKind.Array : JsonValueKind.Object))
        {
            Add(path, $"Give {(isList ? "a list" : "an object")}, not {JsonLeaf.Name(value)}.");
        }
        else if (isList)
        {
            CheckItems(value, contract.ElementType!, path);
        }
        else if (contract.Kind is JsonTypeInfoKind.Dictionary)
        {
            CheckEntries(value, contract.ElementType!, path);
        }
        else
        {
            CheckFields(value, contract, path);
        }
    }

    private void CheckItems(JsonElement list, Type type, string path)
    {
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            CheckValue(item, type, $"{path}[{index++}]");
        }
    }

    private void CheckEntries(JsonElement map, Type type, string path)
    {
        foreach (var entry in OncePerName(map, path))
        {
            CheckValue(entry.Value, type, JsonPath.Field(path, entry.Name));
            CheckInside(entry.Value, JsonPath.Field(path, entry.Name));
        }
    }

    private void CheckFields(JsonElement entity, JsonTypeInfo contract, string path)
    {
        var missing = contract.Properties.Where(property => property.IsRequired).ToDictionary(property => property.Name);
        foreach (var field in OncePerName(entity, path))
        {
            var known = contract.Properties.FirstOrDefault(property => property.Name == field.Name);
            if (known is null)
            {
                Add(JsonPath.Field(path, field.Name), $"There is no such field. The fields are {string.Join(", ", contract.Properties.Select(property => property.Name))}.");
            }
            else if (field.Value.ValueKind is not JsonValueKind.Null)
            {
                missing.Remove(known.Name);
                CheckValue(field.Value, known.PropertyType, JsonPath.Field(path, known.Name));
            }
        }

        foreach (var (name, property) in missing)
        {
            Add(JsonPath.Field(path, name), $"This field is required: give {JsonLeaf.WantedFor(property.PropertyType)}.");
        }
    }

    // What is free in form has no contract, but a name given twice is ambiguous there too.
    private void CheckInside(JsonElement value, string path)
    {
        if (value.ValueKind is JsonValueKind.Object)
        {
            foreach (var field in OncePerName(value, path))
            {
                CheckInside(field.Value, JsonPath.Field(path, field.Name));
            }
        }
        else if (value.ValueKind is JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                CheckInside(item, $"{path}[{index++}]");
            }
        }
    }

    private IEnumerable<JsonProperty> OncePerName(JsonElement entity, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in entity.EnumerateObject())
        {
            if (seen.Add(field.Name))
            {
                yield return field;
            }
            else
            {
                Add(JsonPath.Field(path, field.Name), "This field is given more than once; give it once.");
            }
        }
    }

    private void Add(string path, string message)
    {
        if (_issues.Count < MostIssues)
        {
            _issues.Add(new ValidationIssue(path, message));
        }
    }
}
