using ChatModels.Providers.Anthropic;
using ChatModels.Providers.OpenAI;
using ChatModels.Providers.Simulator;

namespace ChatModels.Providers;

/// <summary>The provider types that come with ChatModels.</summary>
internal static class BuiltInProviderTypes
{
    public static ChatProviderTypes AddTo(ChatProviderTypes types)
    {
        types.Register(OpenAIProviderType.Metadata, OpenAIProviderType.CreateAsync);
        types.Register(AnthropicProviderType.Metadata, AnthropicProviderType.CreateAsync);
        types.Register(SimulatorProviderType.Metadata, SimulatorProviderType.CreateAsync);
        return types;
    }
}
