import { withoutAccents } from "@/lib/shared/known_words.ts";
import type { WordLists } from "@/lib/shared/strength.ts";

/** Words per language. Rarer words make a password hard to guess. */
const MAX_WORDS = 10_000;
/** Shorter words are parts of too many others. */
const MIN_CHARS = 4;

/**
 * Words and phrases that people of a language like to use as passwords and that zxcvbn's lists
 * lack, most common first. Other alphabets are also given as they sound in Latin letters.
 *
 * @see https://nordpass.com/most-common-passwords-list/
 */
const FAVOURITES: Readonly<Record<string, string>> = {
  russian:
    "пароль привет любовь любимая солнышко люблю тебя люблютебя наташа максим андрей настя " +
    "кристина марина светлана сергей александр дмитрий екатерина анастасия россия москва спартак " +
    "зенит локомотив динамо котенок зайчик малыш принцесса ангел секрет победа счастье жизнь мама " +
    "мамочка родина вконтакте одноклассники компьютер кодпароль мойпароль здравствуй ромашка",
  ukrainian: "україна київ кохання пароль привіт сонечко слава героям славаукраїні динамо",
  arabic: "كلمةالسر كلمة السر مرحبا حبيبي حبيبتي محمد احمد الله اللهاكبر بسمالله الحمدلله سلام " +
    "habibi habibti allah muhammad mohammed ahmed bismillah alhamdulillah marhaba salam inshallah " +
    "mashallah kalimatsirr",
  chinese: "woaini woaini1314 woaini520 wo ai ni mima wodemima nihao zhongguo beijing shanghai " +
    "laopo laogong baobao baobei gongxi facai gongxifacai xiaoxin wangluo aini shengri kuaile " +
    "zhangwei wangwei liwei caonima woshishui wangyang mima123 1314520 5201314",
  japanese:
    "himitsu arigatou arigato aishiteru daisuki sakura himawari konnichiwa ohayou sayonara " +
    "pasuwado pasuwaado nippon nihon tokyo osaka doraemon naruto pikachu totoro kawaii tomodachi " +
    "watashi anata kazoku yamada tanaka suzuki takahashi hanako tarou arashi",
  korean:
    "비밀번호 사랑해 사랑 안녕하세요 대한민국 saranghae annyeong annyeonghaseyo daehanminguk " +
    "bimilbeonho korea seoul",
  hindi:
    "krishna ganesh shivshakti jaishreeram jaishriram jaihind bharat hindustan mumbai lakshmi " +
    "namaste omnamahshivaya radhekrishna saibaba mahadev",
  german: "ichliebedich passwort meinpasswort hallowelt geheim schatz schatzi liebling fussball " +
    "schalke borussia werder hallohallo sommer sonnenschein lassmichrein",
  french: "motdepasse monmotdepasse jetaime jetaimefort bonjour azerty doudou loulou chouchou " +
    "marseille soleil coucou princesse monamour parisparis",
  spanish: "contraseña micontraseña teamo teamomucho tequiero tequieromucho miamor mivida hola " +
    "holahola amormio princesa estrella mariposa realmadrid barcelona teodio",
  portuguese:
    "senha minhasenha teamo euteamo meuamor mudar flamengo corinthians palmeiras brasil " +
    "saopaulo felicidade deusefiel jesuscristo princesa",
  italian: "ciaociao amoremio tiamo tivogliobene password juventus forzajuve forzamilan napoli " +
    "ferrari nonlaso buongiorno ciaobella",
  polish: "haslo mojehaslo kochamcie kocham polska zaqwsx misiek kasia dupa myszka kochanie",
  turkish:
    "sifre parola seniseviyorum galatasaray fenerbahce besiktas istanbul turkiye askim canim",
  indonesian: "sayang rahasia katasandi sayangku bismillah indonesia cinta akucintakamu",
};

/** Loads the words of large languages. Browsers only load the English ones. */
export async function loadWordLists(): Promise<WordLists> {
  const [german, french, spanish, portuguese, japanese] = await Promise.all([
    import("@zxcvbn-ts/language-de"),
    import("@zxcvbn-ts/language-fr"),
    import("@zxcvbn-ts/language-es-es"),
    import("@zxcvbn-ts/language-pt-br"),
    import("@zxcvbn-ts/language-ja"),
  ]);
  const words = [
    german.dictionary.commonWords,
    french.dictionary["commonWords-fr"],
    spanish.dictionary["commonWords-es-es"],
    portuguese.dictionary["commonWords-pt-br"],
    japanese.dictionary.wikipedia,
  ];
  const names = [
    german.dictionary.firstnames,
    french.dictionary["firstnames-fr"],
    spanish.dictionary["firstnames-es-es"],
    portuguese.dictionary["firstnames-pt-br"],
    japanese.dictionary.firstnames,
  ];
  return {
    "passwords-world": merged(Object.values(FAVOURITES).map((list) => list.split(" "))),
    "commonWords-world": merged(words),
    "firstnames-world": merged(names),
  };
}

/** Merges lists, the most common words first: an attacker does not know the language. */
function merged(lists: readonly (readonly unknown[])[]): string[] {
  const found = new Set<string>();
  for (let rank = 0; rank < MAX_WORDS; rank++) {
    for (const list of lists) {
      const word = list[rank];
      if (typeof word !== "string" || word.length < MIN_CHARS) continue;
      for (const spelling of spellingsOf(word.toLowerCase())) found.add(spelling);
    }
  }
  return [...found];
}

/**
 * Spellings of a word: with accents, without, and with `ae` for `ä`, as Germans type umlauts on
 * other keyboards.
 */
function spellingsOf(word: string): string[] {
  const umlauts = word.replace(/[äöü]/g, (letter) => `${withoutAccents(letter)}e`);
  return [word, withoutAccents(word), umlauts];
}
