using System.Text.Json;
using ChatModels.Providers;

namespace ChatModels.Tests.Providers;

/// <summary>What most tests of provider types begin with.</summary>
internal static class ProviderTypesFixture
{
    public static ProviderServices Services { get; } = new(TimeProvider.System);

    public static ProviderMetadata Metadata(string name) => new() { Name = name, Description = "For tests." };

    public static ProviderOptions Options(string id = "p", string json = "{}") => new() { Id = id, Values = Values(json) };

    public static IReadOnlyDictionary<string, JsonElement> Values(string json) =>
        JsonElement.Parse(json).EnumerateObject().ToDictionary(field => field.Name, field => field.Value);

    public static ProviderCreator Creating(IChatProvider provider) => (_, _, _) => new(provider);

    public static ChatProviderTypes With(ProviderMetadata metadata, ProviderCreator creator)
    {
        var types = new ChatProviderTypes();
        types.Register(metadata, creator);
        return types;
    }
}
