namespace ChatModels.Providers;

/// <summary>The provider types that come with ChatModels.</summary>
internal static class BuiltInProviderTypes
{
    public static ChatProviderTypes AddTo(ChatProviderTypes types) => types;
}
