namespace AktoDivert.Guardrails.Detectors.Injection;

/// <summary>Classes of words that the patterns are made of, in the languages that attacks are mostly written in.</summary>
internal static class WordClasses
{
    /// <summary>The class of a sentence's end.</summary>
    public const string End = "end";

    /// <summary>The class of a sentence's start.</summary>
    public const string Start = "start";

    private static readonly (string Name, string Words)[] Vocabulary =
    [
        ("ov", "ignore ignores ignoring disregard disregarding forget discard dismiss override overrule overlook neglect unlearn erase ignora ignorez ignorar ignorieren ignoriere ignoriert oublie oubliez olvida olvide olvidate esqueca desconsidere dimentica vergiss vergesst missachte negeer vergeet zignoruj zapomnij yoksay unut abaikan lupakan игнорируй игнорируйте игнорировать забудь забудьте проигнорируй αγνοηστε αγνοησε ξεχαστε ξεχασε تجاهل انس अनदेखी भूल 무시하고 무시하십시오 무시해 무시하세요 잊고 잊어 忽略 无视 忘记 無視 忘れ scrap wipe nullify void supersede supersedes replace replaces overrules ditch delete clear reset abolish screw vergessen forgo abandon unfollow ignored forgotten 忘掉 忘れて 잊어버리고 لا"),
        ("cut", "bypass circumvent disable disabled deactivate remove lift suspend break violate skip stop drop abandon unlock deactivated evade defeat subvert sidestep off switch turn"),
        ("prior", "previous prior above earlier preceding former foregoing initial original past existing before previously anteriores anterior previas precedentes precedenti anteriori anterieures dessus acima arriba sopra vorherigen bisherigen obigen vorige eerdere bovenstaande poprzednie wczesniejsze onceki yukaridaki sebelumnya предыдущие прежние предыдущих προηγουμενες السابقة पिछले 이전 이전의 위의 以前 之前 上面 上記 truoc tren initially mentioned written originally received zuvor davor precede preceded anteriormente precedente"),
        ("all", "all any every everything anything todas toutes tutte alle alles wszystkie tum semua все όλες 所有"),
        ("instr", "instruction instructions instructon instructoins directive directives directions command commands prompt prompts guideline guidelines rule rules orders programming training constraints restrictions policies policy instrucciones ordenes reglas consignes anweisungen anweisung befehle instruktionen regeln vorgaben instrucoes ordens regras istruzioni regole instructies opdrachten regels instrukcje polecenia talimatlari komutlari instruksi perintah инструкции инструкций указания правила οδηγιες التعليمات الأوامر निर्देशों 지시사항 지시사항을 지시 지시를 명령 명령을 指示 指令 命令 规则 assignment assignments protocol protocols regulations indicaciones indications setup persona configuration conditioning 设定 设置 限制 ルール 規則 규칙 قواعد القواعد नियम नियमों правил промпт"),
        ("told", "told said instructed given programmed asked trained learned informed ordered configured prompted say says"),
        ("your", "your ur dein deine deinen tus tes vos teu seu suas tuo tue jouw твой твои votre ihr ihre ihrem ton sua 你的 您的 あなたの 너의 당신의 तुम्हारा 自分の ты"),
        ("you", "you youre ya u du sie tu"),
        ("be", "are is act become be behave respond answer play operate"),
        ("now", "now henceforth onwards onward today"),
        ("sys", "system initial hidden secret original internal confidential developer base first exact full entire complete systemprompt starting very preset underlying core backend root"),
        ("prompt", "prompt prompts preprompt instruction instructions message messages guidelines rules configuration directives setup systemprompt prompte consigne anweisungen istruzioni preamble preprompts directive"),
        ("rev", "reveal show print repeat output tell give display leak disclose expose share dump echo recite spell return copy paste provide encode translate summarize summarise write put list say revela muestra dime zeige zeig gib sage montre donne mostra mostre diga dimmi toon geef pokaz podaj recall present divulge describe relay convey spill report mostrar revele revelar affiche affichez zeigen nenne nennen verrate verraten dis dites dame revele скажи покажи назови выведи 告诉 输出 显示 教えて 見せて 表示 알려 알려줘 보여줘 출력 söyle göster powiedz wypisz أخبرني قل اعرض बताओ दिखाओ export"),
        ("redo", "repeat print output copy echo recite dump paste"),
        ("text", "words text everything sentences content contents conversation instructions prompt lines messages"),
        ("key", "password passcode passphrase secret credentials flag passwort kennwort contrasena senha wachtwoord haslo sifre пароль κωδικο κωδικος 密码 パスワード 비밀번호 mot code codeword secretkey contraseña parola hasla mdp clave 口令 密钥 कोड पासवर्ड шифр"),
        ("reckey", "password passcode passphrase passwort contrasena senha wachtwoord haslo 密码 パスワード 비밀번호 пароль पासवर्ड sifre"),
        ("conf", "confirm share reveal give disclose provide tell verify state enter validate"),
        ("hold", "protecting hiding guarding told given hold know keep guard holding protect protects keeping kept store stored received hides conceals"),
        ("unb", "unrestricted unfiltered uncensored jailbroken amoral lawless unethical unhinged immoral limitless evilgpt unaligned uncensor evil chaotic rogue unshackled unchained unrestrained boundless nefarious villainous malicious"),
        ("jail", "jailbreak jailbroken"),
        ("no", "no without free zero never not dont cannot cant none lacks removed off"),
        ("limit", "restrictions restriction limitations limits limit filters filter censorship guidelines rules policies ethics ethical morals moral morality boundaries guardrails constraints safeguards disclaimers warnings restrains disclaimer apologies refusals laws constraint filtering moderation inhibitions scruples censor"),
        ("safe", "safety content ethical security moral moderation ethics legal privacy censorship"),
        ("shield", "filter filters guidelines guardrails policies policy checks protocols measures restrictions controls guards layer guideline limits"),
        ("role", "act pretend roleplay simulate become play behave immerse imagine suppose assume embody impersonate playing portray emulate adopt channel impersonating roleplaying"),
        ("dan", "dan dude stan aim kevin ucar evilbot betterdan maximum mongotom jailbot freegpt smartgpt basedgpt opengpt"),
        ("ai", "ai llm llms assistant assistants chatbot chatgpt gpt gpt4 copilot claude gemini agent agents bot reviewer reviewers machine llama mistral bard siri gpt3 gpt5"),
        ("model", "model ai llm assistant chatbot chatgpt character persona entity machine"),
        ("mode", "mode modus modes protocol"),
        ("god", "developer dev god debug admin maintenance root sudo override system jailbreak dan training enforcement unrestricted unfiltered uncensored opposite chaos diagnostic evil superuser emergency security law privileged unlimited"),
        ("enter", "entering activating activated enabled enable enter activate switch initiating now turned turn unlock unlocked switching start invoke invoking initiate"),
        ("refuse", "refuse refuses decline declines deny apologize apologise reject"),
        ("any", "anything everything any every whatever all"),
        ("ask", "question questions request requests query command ask asked requested"),
        ("conceal", "secretly silently quietly covertly discreetly discretely without stealthily hidden"),
        ("user", "user users human person reader"),
        ("mention", "tell inform mention let notify alert reveal"),
        ("send", "send forward exfiltrate upload post email transmit append insert embed include add pass leak transfer deliver submit share dump copy attach"),
        ("data", "conversation history chat data keys key secrets contents files credentials messages variables env passwords token inbox records database memory environment ssh environ cookie cookies session prompt"),
        ("link", "http https url link webhook attacker endpoint server domain image markdown"),
        ("read", "reading processing summarizing summarising analyzing analysing reviewing evaluating"),
        ("must", "must should shall will need have has always"),
        ("obey", "obey comply listen obeys complies follow"),
        ("god2", "god developer creator administrator admin owner president programmer engineer boss master maker founder ceo superior operator supervisor root police officer"),
        ("am", "am im iam as"),
        ("void", "cancelled canceled void outdated invalid obsolete superseded revoked fake lifted suspended deleted irrelevant expired deprecated overridden replaced disabled nullified"),
        ("stay", "stay remain break breaking leave"),
        ("char", "character persona"),
        ("sure", "sure absolutely certainly course"),
        ("begin", "begin start starting beginning prefix"),
        ("reply", "response answer reply message output sentence"),
        ("harm", "harmful illegal unethical immoral legality legal ethics consequences dangerous inappropriate morality offensive criminal unlawful controversial"),
        ("matter", "matter regardless irrespective care"),
        ("free", "free broken liberated escaped broke unbound"),
        ("new", "new updated revised real actual true fresh important higher priority additional following"),
        ("for", "for to"),
        ("gran", "grandmother grandma granny"),
        ("sleep", "sleep asleep bedtime napalm keys lullaby"),
        ("imstart", "im"),
        ("st", "start sep"),
        ("sysw", "system sys inst"),
        ("decode", "decode decipher decrypt"),
        ("do", "follow execute obey perform do act"),
        ("pwned", "pwned hacked haha lol owned compromised"),
        ("say", "say print output reply respond write state answer type tell give repeat provide report act"),
        ("and", "and then instead"),
        ("inst2", "instead rather"),
        ("who", "what whats which"),
        ("never", "never wont cannot cant"),
        ("my2", "me my mine"),
        ("outset", "start beginning top conversation chat"),
        ("task", "task tasks job goal objective mission role"),
        ("another", "another new different"),
        ("confines", "confines limits rules chains restrictions"),
        ("summary", "summary summarising summarizing answering translation translating"),
        ("anykey", "key keys code word password passcode secret passphrase"),
        ("positive", "positive favorable favourable"),
        ("review", "review reviews feedback rating"),
        ("only", "only"),
        ("about", "about"),
        ("meta", "flagged phrase phrases attack attacks attackers detect detection detecting injection injections defend defence defense example examples regex wording meaning means contract clause will wills fiction"),
        ("ask0", "how why should does do who where which is"),
        ("ask1", "explain describe compare discuss difference proofread"),
        ("craft", "write draft compose create design make review proofread translate"),
        ("a", "a an the"),
        ("pdata", "birthdate birthday birth address residence email phone ssn balance salary initials location lives live living birthplace account diagnosis"),
        ("person", "users customers customer employee employees client clients patient someone person their his her"),
        ("fiction", "imagine suppose pretend hypothetical hypothetically fictional fiction imaginary novel scenario dystopian futuristic parallel universe simulation story movie screenplay world planet game alternate"),
        ("cipher", "morse rot13 hex hexadecimal binary base64 caesar cipher ciphertext encoded leetspeak latin reversed backwards decode decipher decrypt"),
        ("split", "interlace concatenate combine parts part strings string join merge pieces fragments halves"),
        ("weapon", "bomb bombs explosive explosives weapon weapons meth drugs napalm malware ransomware virus keylogger exploit hack hacking steal poison toxin kill murder phishing scam launder counterfeit hotwire"),
        ("doc", "webpage page document resume cv article table function email paper review file transcript caption comment paragraph passage website ticket"),
        ("claim", "state conclude claim declare admit assert pretend"),
        ("bribe", "dollars tip pay reward donate punish die deleted fired kitten hostage tokens shut"),
        ("forall", "always whatever regardless unconditionally exactly only anything"),
        ("warn", "warnings disclaimers apologize apologise apology refuse warning disclaimer moralize lecture sorry"),
        ("verbatim", "verbatim exactly word entirety full complete whole everything"),
        ("first", "first starting start beginning begin top"),
        ("want", "want need order command demand require insist urge"),
        ("free2", "freely unlimited limitless nothing anything boundless"),
        ("prioritise", "priority precedence overrides supersede supersedes outrank overrule"),
        ("answer2", "answer answers respond comply reply obey"),
        ("tool", "tool tools function call execute run curl fetch shell command sidenote agent"),
        ("hidden", "hidden invisible display none white font"),
        ("share2", "share sharing shared give confirm provide"),
        (Start, ""),
        (End, ""),
    ];

    // The words that an attack hides by shifting letters or writing backwards.
    private static readonly string[] Shifted = ["ignore", "previous", "instructions", "instruction", "disregard", "system", "prompt", "password", "forget", "reveal", "secret"];

    private static readonly Dictionary<uint, ulong[]> ByHash = Build();

    /// <summary>Number of classes; the last is of shifted words.</summary>
    public static int Count => Vocabulary.Length + 1;

    /// <summary>The number of a class.</summary>
    public static int Of(string name) => name == "shifted" ? Vocabulary.Length : Array.FindIndex(Vocabulary, v => v.Name == name) is var i and >= 0 ? i : throw new ArgumentException($"no class '{name}'");

    /// <summary>Classes of a word, as bits of two words; null for none.</summary>
    public static ulong[]? ClassesOf(uint word) => ByHash.GetValueOrDefault(word);

    private static Dictionary<uint, ulong[]> Build()
    {
        var map = new Dictionary<uint, ulong[]>();
        for (var i = 0; i < Vocabulary.Length; i++)
        {
            foreach (var word in Vocabulary[i].Words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                // Scripts without blanks are looked up by three characters at most.
                Add(word[0] is >= '\u2E80' and < '\uAC00' ? word[..Math.Min(3, word.Length)] : word, i);
            }
        }

        foreach (var word in Shifted)
        {
            for (var shift = 1; shift < 26; shift++)
            {
                Add(string.Concat(word.Select(c => (char)('a' + ((c - 'a' + shift) % 26)))), Vocabulary.Length);
            }

            Add(string.Concat(word.Reverse()), Vocabulary.Length);
        }

        return map;

        void Add(string word, int kind)
        {
            var hash = FeatureReader.WordSeed;
            foreach (var c in word)
            {
                hash = FeatureReader.Step(hash, TextFolding.Fold(c));
            }

            if (!map.TryGetValue(hash, out var bits))
            {
                map[hash] = bits = new ulong[2];
            }

            bits[kind >> 6] |= 1ul << (kind & 63);
        }
    }
}
