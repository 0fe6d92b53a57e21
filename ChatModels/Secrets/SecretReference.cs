namespace ChatModels.Secrets;

/// <summary>Names a secret that every process looks up for itself; the value never enters the registry.</summary>
/// <param name="Secret">The name under <c>Secrets:</c> in configuration, or of a file in a secrets directory.</param>
public sealed record SecretReference(string Secret);
