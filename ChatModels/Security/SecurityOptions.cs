namespace ChatModels.Security;

/// <summary>Who may use a service of ours over HTTP: names of secrets, whose values are the keys. The keys themselves never stand here.</summary>
internal sealed class SecurityOptions
{
    public const string Section = "ChatModels:Security";

    /// <summary>Secrets whose values may do everything.</summary>
    public IList<string> AdminKeys { get; init; } = [];

    /// <summary>Secrets whose values may use /v1 and nothing else.</summary>
    public IList<string> ClientKeys { get; init; } = [];
}
