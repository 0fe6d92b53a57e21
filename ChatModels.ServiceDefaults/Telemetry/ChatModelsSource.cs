using System.Diagnostics;

namespace ChatModels.ServiceDefaults.Telemetry;

internal static class ChatModelsSource
{
    /// <summary>The name of the library's activity source and of its meter.</summary>
    public const string Name = "ChatModels";

    /// <summary>
    /// Asked when an HTTP span has just been started below the current one. A call to a provider has its attempt's CLIENT span already;
    /// an HTTP span beneath would tell the same call a second time.
    /// </summary>
    public static bool IsCallingAProvider() => IsAttempt(Activity.Current) || IsAttempt(Activity.Current?.Parent);

    private static bool IsAttempt(Activity? activity) => activity is { Kind: ActivityKind.Client, Source.Name: Name };
}
